package dev.heapwarden.operator.respond.action;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.partitioningBy;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.GoReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.JvmReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.OptionReport;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a snapshot of a new pod says of the variables that were set.
 *
 * @param environment what was set: variables of Go, or the one that carries JVM options
 */
record RuntimeAnswer(NavigableMap<String, String> environment) {
  /** What a Go runtime is seen to go by. */
  private static final Set<String> TOLD = Set.of("GOGC", "GOMEMLIMIT");

  /** The JVM options that were set; none for Go. None of the allow-list has a space in it. */
  List<String> options() {
    return isJava() ? List.of(environment.values().iterator().next().split(" ", -1)) : List.of();
  }

  boolean isJava() {
    return JavaEnvironment.VARIABLES.contains(environment.firstKey());
  }

  /** Empty where it says nothing. */
  Optional<Seen> of(String pod, MemorySnapshotStatus status) {
    if (!isJava()) {
      return Optional.ofNullable(status.variables())
          .map(names -> go(pod, names, Optional.ofNullable(status.go())));
    }
    return Optional.ofNullable(status.jvm())
        .filter(jvm -> options().stream().allMatch(option -> answer(jvm, option).isPresent()))
        .map(jvm -> java(pod, jvm));
  }

  private Seen java(String pod, JvmReport jvm) {
    var missing =
        options().stream()
            .flatMap(option -> answer(jvm, option).stream())
            .filter(answer -> !answer.inForce())
            .map(answer -> "%s; %s".formatted(answer.option(), answer.instead()))
            .collect(joining(", "));
    return seen(pod, missing, String.join(" ", options()));
  }

  /** An agent of an earlier version says neither. */
  private static Optional<OptionReport> answer(JvmReport jvm, String option) {
    return jvm.options().stream()
        .filter(answer -> answer.option().equals(option))
        .filter(answer -> answer.inForce() || answer.instead() != null)
        .findFirst();
  }

  /**
   * The agent tells no values of variables, but what the runtime goes by where it can read that.
   */
  private Seen go(String pod, List<String> names, Optional<GoReport> runtime) {
    var missing =
        environment.entrySet().stream()
            .flatMap(
                set ->
                    names.contains(set.getKey())
                        ? runtime
                            .flatMap(runs -> instead(runs, set.getKey(), set.getValue()))
                            .stream()
                        : Stream.of(set.getKey() + "; the process was started without it"))
            .collect(joining(", "));
    if (!missing.isEmpty()) {
      return seen(pod, missing, "");
    }
    var seen =
        environment.keySet().stream()
            .collect(
                partitioningBy(name -> runtime.isPresent() && TOLD.contains(name), joining(" ")));
    var all =
        Stream.of("in force: " + seen.get(true), "started with: " + seen.get(false))
            .filter(part -> !part.endsWith(": "))
            .collect(joining("; "));
    return new Seen.Done("%s (seen in pod %s)".formatted(all, pod));
  }

  /** What the runtime goes by where that is something else. */
  private static Optional<String> instead(GoReport runs, String name, String set) {
    var inForce =
        switch (name) {
          case "GOGC" -> Integer.toString(runs.gcPercent());
          case "GOMEMLIMIT" -> runs.memoryLimit() == null ? "off" : runs.memoryLimit().toString();
          default -> set;
        };
    return inForce.equals(set)
        ? Optional.empty()
        : Optional.of("%s=%s; the program goes by %s".formatted(name, set, inForce));
  }

  private static Seen seen(String pod, String missing, String all) {
    return missing.isEmpty()
        ? new Seen.Done("in force: %s (seen in pod %s)".formatted(all, pod))
        : new Seen.Failed("not in force: %s (seen in pod %s)".formatted(missing, pod));
  }

  /** Why it says nothing. */
  static String whyNot(MemorySnapshotStatus status) {
    return Stream.concat(
            Stream.ofNullable(status.message()),
            status.artifacts().stream().flatMap(artifact -> Stream.ofNullable(artifact.reason())))
        .findFirst()
        .orElse("the snapshot says nothing of it");
  }
}
