package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.policy.GoSettings;
import dev.heapwarden.crds.policy.JvmOptions;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The environment variables that a policy's settings of the runtime become for one container. */
sealed interface Variables {
  /**
   * These are to be set.
   *
   * @param owned why only people may set them; empty where nobody else does
   * @param note what else people shall know of them; empty where that is nothing
   */
  record Wanted(NavigableMap<String, String> environment, Optional<String> owned, String note)
      implements Variables {
    Wanted(NavigableMap<String, String> environment, Optional<String> owned) {
      this(environment, owned, "");
    }
  }

  record Refused(String reason) implements Variables {}

  /**
   * What is to be set for the runtime that was found.
   *
   * @param evidence of level 1; empty where there is none
   * @param gogc decides which one is set
   */
  static Variables of(
      Situation situation,
      TemplateContainer container,
      Optional<MemorySnapshotStatus> evidence,
      Function<GcLadder, GcLadder.Choice> gogc) {
    var intervene = situation.respond().intervene();
    var go = intervene.go();
    var jvm = intervene.jvm();
    var found = situation.baseline().runtime();
    var choice = situation.policy().getSpec().runtime();
    if (go != null && found.equals("Go") && is(choice, RuntimeChoice.GO)) {
      return ofGo(go, container, evidence, gogc);
    }
    if (jvm != null && found.equals("JVM") && is(choice, RuntimeChoice.JVM)) {
      var java =
          new JavaEnvironment(
              JvmOptions.of(jvm), container, situation.respond().mode() == Mode.DRY_RUN);
      return evidence.isEmpty() ? java.unchecked() : java.checked(evidence.get());
    }
    var asked = go == null ? "a JVM" : "Go";
    return new Refused(
        "Not%s: %s"
            .formatted(
                go == null ? "Jvm" : "Go",
                is(choice, go == null ? RuntimeChoice.JVM : RuntimeChoice.GO)
                    ? "settings of %s mean nothing to a container of %s".formatted(asked, found)
                    : "the policy says that the runtime is " + choice));
  }

  private static Variables ofGo(
      GoSettings settings,
      TemplateContainer container,
      Optional<MemorySnapshotStatus> evidence,
      Function<GcLadder, GcLadder.Choice> gogc) {
    var spec = container.container();
    var choice = GcLadder.of(settings, spec).map(gogc);
    var percent = choice.flatMap(GcLadder.Choice::percent);
    var note = choice.map(GcLadder.Choice::note).orElse("");
    var environment =
        GoEnvironment.of(
            settings.withGcPercent(percent.orElse(null)), GoEnvironment.memoryLimit(spec));
    if (!environment.isEmpty()) {
      return new Wanted(environment, owned(container, environment, evidence), note);
    }
    return choice.isPresent() && percent.isEmpty()
        ? new Refused("GcCost: " + note)
        : new Refused("NoMemoryLimit: GOMEMLIMIT needs the container's memory limit");
  }

  /** Why somebody else's value would be replaced; empty where it would not. */
  static Optional<String> owned(
      TemplateContainer container,
      NavigableMap<String, String> environment,
      Optional<MemorySnapshotStatus> evidence) {
    return container
        .ownedBySomebody(environment)
        .or(() -> unseen(container, environment.keySet(), evidence));
  }

  /** Why a value that the template does not show would be replaced; empty where it would not. */
  static Optional<String> unseen(
      TemplateContainer container, Set<String> names, Optional<MemorySnapshotStatus> evidence) {
    var known = evidence.map(MemorySnapshotStatus::variables);
    return known.isPresent()
        ? setUnseen(container, names, known.get())
        : container.mayBeSetUnseen(names);
  }

  /** The process has it, and the template does not say so. */
  private static Optional<String> setUnseen(
      TemplateContainer container, Set<String> names, List<String> ofProcess) {
    return names.stream()
        .filter(ofProcess::contains)
        .filter(name -> container.set(Set.of(name)).isEmpty())
        .map(
            name ->
                "Owned: %s is already set by the image, its entrypoint or envFrom".formatted(name))
        .findFirst();
  }

  private static boolean is(RuntimeChoice choice, RuntimeChoice runtime) {
    return choice == RuntimeChoice.AUTO || choice == runtime;
  }
}
