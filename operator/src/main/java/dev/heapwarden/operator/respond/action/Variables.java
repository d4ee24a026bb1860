package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.policy.JvmOptions;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;

/** The environment variables that a policy's settings of the runtime become for one container. */
sealed interface Variables {
  /**
   * These are to be set.
   *
   * @param owned why only people may set them; empty where nobody else does
   */
  record Wanted(NavigableMap<String, String> environment, Optional<String> owned)
      implements Variables {}

  record Refused(String reason) implements Variables {}

  /**
   * What is to be set for the runtime that was found.
   *
   * @param evidence of level 1; empty where there is none
   */
  static Variables of(
      Situation situation, TemplateContainer container, Optional<MemorySnapshotStatus> evidence) {
    var intervene = situation.respond().intervene();
    var go = intervene.go();
    var jvm = intervene.jvm();
    var found = situation.baseline().runtime();
    var choice = situation.policy().getSpec().runtime();
    if (go != null && found.equals("Go") && is(choice, RuntimeChoice.GO)) {
      var environment = GoEnvironment.of(go, GoEnvironment.memoryLimit(container.container()));
      return environment.isEmpty()
          ? new Refused("NoMemoryLimit: GOMEMLIMIT needs the container's memory limit")
          : new Wanted(environment, owned(container, environment, evidence));
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

  /** Why somebody else's value would be replaced; empty where it would not. */
  static Optional<String> owned(
      TemplateContainer container,
      NavigableMap<String, String> environment,
      Optional<MemorySnapshotStatus> evidence) {
    var known = evidence.map(MemorySnapshotStatus::variables);
    return container
        .ownedBySomebody(environment)
        .or(
            () ->
                known.isPresent()
                    ? setUnseen(container, environment.keySet(), known.get())
                    : container.mayBeSetUnseen(environment.keySet()));
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
