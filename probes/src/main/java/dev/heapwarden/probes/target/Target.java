package dev.heapwarden.probes.target;

import dev.heapwarden.detection.sample.RuntimeKind;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A watched container with what was found of it on the node.
 *
 * @param cgroup directory of its memory cgroup; empty when it was not found (yet)
 * @param processes that run in it now
 */
public record Target(
    WatchedContainer container, Optional<Path> cgroup, List<TargetProcess> processes) {
  public Target {
    processes = List.copyOf(processes);
  }

  /** The process with the most anonymous memory of those of one runtime, or of all. */
  public Optional<TargetProcess> main() {
    var choice = container.choice();
    var wanted =
        switch (choice) {
          case AUTO -> processes;
          case GO -> of(RuntimeKind.GO);
          case JVM -> of(RuntimeKind.JVM);
          case NATIVE -> of(RuntimeKind.NATIVE);
        };
    return (wanted.isEmpty() ? processes : wanted)
        .stream().max(Comparator.comparingLong(TargetProcess::anonymousBytes));
  }

  /** Processes whose Go runtime can be probed. */
  public List<TargetProcess> probeableGo() {
    return of(RuntimeKind.GO).stream().filter(process -> process.refusal().isEmpty()).toList();
  }

  public RuntimeKind runtime() {
    return main().map(TargetProcess::runtime).orElse(RuntimeKind.UNKNOWN);
  }

  /** Such as go1.26.8; empty when unknown. */
  public String runtimeVersion() {
    return main().flatMap(TargetProcess::go).map(go -> go.version()).orElse("");
  }

  private List<TargetProcess> of(RuntimeKind runtime) {
    return processes.stream().filter(process -> process.runtime() == runtime).toList();
  }
}
