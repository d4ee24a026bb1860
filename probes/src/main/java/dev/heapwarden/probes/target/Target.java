package dev.heapwarden.probes.target;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.sample.RuntimeKind;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A watched container with what was found of it on the node.
 *
 * @param cgroup directory of its memory cgroup; empty when it was not found (yet)
 * @param processes that run in it now
 * @param main the process that is judged; empty while none was found
 * @param denied why none of its processes may be looked at; empty where they may
 */
public record Target(
    WatchedContainer container,
    Optional<Path> cgroup,
    List<TargetProcess> processes,
    Optional<TargetProcess> main,
    Optional<String> denied) {
  public Target {
    processes = List.copyOf(processes);
  }

  /** A container that is looked at for the first time: its largest process is judged. */
  public Target(WatchedContainer container, Optional<Path> cgroup, List<TargetProcess> processes) {
    this(container, cgroup, processes, main(container.choice(), processes, null), Optional.empty());
  }

  /**
   * A container that was looked at before: what was judged is judged on while it lives and no other
   * process holds twice its memory, so that two of about one size do not take turns.
   */
  static Target after(
      WatchedContainer container,
      Optional<Path> cgroup,
      List<TargetProcess> processes,
      TargetProcess.@Nullable Identity judged,
      Optional<String> denied) {
    return new Target(
        container, cgroup, processes, main(container.choice(), processes, judged), denied);
  }

  /** The process with the most anonymous memory of those of one runtime, or of all. */
  private static Optional<TargetProcess> main(
      RuntimeChoice choice,
      List<TargetProcess> processes,
      TargetProcess.@Nullable Identity judged) {
    var wanted =
        switch (choice) {
          case AUTO -> processes;
          case GO -> of(RuntimeKind.GO, processes);
          case JVM -> of(RuntimeKind.JVM, processes);
          case NATIVE -> of(RuntimeKind.NATIVE, processes);
        };
    var candidates = wanted.isEmpty() ? processes : wanted;
    var largest = candidates.stream().max(Comparator.comparingLong(TargetProcess::anonymousBytes));
    return candidates.stream()
        .filter(process -> process.identity().equals(judged))
        .filter(process -> 2 * process.anonymousBytes() > largest.orElseThrow().anonymousBytes())
        .findFirst()
        .or(() -> largest);
  }

  /** Processes whose Go runtime can be probed. */
  public List<TargetProcess> probeableGo() {
    return of(RuntimeKind.GO, processes).stream()
        .filter(process -> process.refusal().isEmpty())
        .toList();
  }

  /** The Go program that speaks for it. */
  public Optional<TargetProcess> largestGo() {
    return of(RuntimeKind.GO, processes).stream()
        .max(Comparator.comparingLong(TargetProcess::anonymousBytes));
  }

  /** The same where it is judged: not beside a JVM that is, nor where the policy says otherwise. */
  public Optional<TargetProcess> judgedGo() {
    var choice = container.choice();
    return (choice == RuntimeChoice.AUTO && runtime() != RuntimeKind.JVM)
            || choice == RuntimeChoice.GO
        ? largestGo()
        : Optional.empty();
  }

  public RuntimeKind runtime() {
    return main().map(TargetProcess::runtime).orElse(RuntimeKind.UNKNOWN);
  }

  /** Such as go1.26.8; empty when unknown. */
  public String runtimeVersion() {
    return main().flatMap(TargetProcess::go).map(go -> go.version()).orElse("");
  }

  private static List<TargetProcess> of(RuntimeKind runtime, List<TargetProcess> processes) {
    return processes.stream().filter(process -> process.runtime() == runtime).toList();
  }
}
