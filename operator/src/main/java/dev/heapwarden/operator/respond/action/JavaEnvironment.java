package dev.heapwarden.operator.respond.action;

import static java.util.stream.Collectors.joining;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.JvmReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.OptionReport;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.operator.respond.action.Variables.Refused;
import dev.heapwarden.operator.respond.action.Variables.Wanted;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The environment variable that carries JVM options. Nothing is set that the JVM in the pod was not
 * asked about.
 *
 * @param options that the policy wants
 * @param dryRun nothing will be set, and no snapshot is taken
 */
record JavaEnvironment(List<String> options, TemplateContainer container, boolean dryRun) {
  /** Every JVM reads it: JVMTI specification, The JAVA_TOOL_OPTIONS Environment Variable. */
  private static final String EVERY_JVM = "JAVA_TOOL_OPTIONS";

  /** The launcher {@code java} reads it since JDK 9. */
  private static final String LAUNCHER = "JDK_JAVA_OPTIONS";

  /** Those that carry JVM options. */
  static final Set<String> VARIABLES = Set.of(EVERY_JVM, LAUNCHER);

  /** Without evidence it is a plan at most. */
  Variables unchecked() {
    var environment = in(EVERY_JVM);
    return dryRun
        ? new Wanted(environment, Variables.owned(container, environment, Optional.empty()))
        : new Refused("FlagsNotChecked: there is no snapshot in which the JVM was asked");
  }

  Variables checked(MemorySnapshotStatus evidence) {
    var jvm = evidence.jvm();
    if (jvm == null) {
      return new Refused("FlagsNotChecked: the JVM could not be asked: " + whyNot(evidence));
    }
    if (evidence.variables() == null) {
      return new Refused("FlagsNotChecked: the JVM's environment could not be read");
    }
    var answers =
        jvm.options().stream()
            .collect(Collectors.toMap(OptionReport::option, Function.identity(), (a, _) -> a));
    var unasked = options.stream().filter(option -> !answers.containsKey(option)).toList();
    if (!unasked.isEmpty()) {
      return new Refused(
          "FlagsNotChecked: the snapshot was taken before the policy named "
              + String.join(" ", unasked));
    }
    var earlier = EarlierOptions.of(container);
    var refused =
        options.stream()
            .map(answers::get)
            .map(Objects::requireNonNull)
            .filter(answer -> !answer.accepted())
            // It started with it and heeds it, whatever else sets the same flag.
            .filter(answer -> !(answer.inForce() && earlier.has(answer.option())))
            .map(answer -> answer.option() + ": " + answer.reason())
            .collect(joining("; "));
    return refused.isEmpty()
        ? wanted(evidence, jvm)
        : new Refused(
            "FlagRefused: by JDK %s: %s%s".formatted(jvm.version(), refused, earlier.text()));
  }

  private Variables wanted(MemorySnapshotStatus evidence, JvmReport jvm) {
    var first = in(EVERY_JVM);
    var owned = Variables.owned(container, first, Optional.of(evidence));
    if (owned.isEmpty() || !jvm.launcher() || jvm.version().startsWith("8.")) {
      return new Wanted(first, owned);
    }
    var second = in(LAUNCHER);
    return Variables.owned(container, second, Optional.of(evidence)).isEmpty()
        ? new Wanted(second, Optional.empty())
        : new Wanted(first, owned);
  }

  private NavigableMap<String, String> in(String variable) {
    var environment = new TreeMap<String, String>();
    environment.put(variable, String.join(" ", options));
    return environment;
  }

  private static String whyNot(MemorySnapshotStatus evidence) {
    return evidence.artifacts().stream()
        .filter(artifact -> artifact.kind() == SnapshotKind.FLAGS)
        .map(artifact -> Objects.requireNonNullElse(artifact.reason(), "no reason was given"))
        .findFirst()
        .orElse("the snapshot says nothing of its flags");
  }
}
