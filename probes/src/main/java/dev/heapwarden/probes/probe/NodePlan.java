package dev.heapwarden.probes.probe;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What one node program is to watch.
 *
 * @param processes whose events count
 * @param executables Go programs to put uprobes on, each once whatever number of processes run it
 * @param pageFaults whether page faults are counted
 */
record NodePlan(
    Set<TargetProcess.Identity> processes,
    Map<ExecutableId, GoExecutable> executables,
    boolean pageFaults) {
  NodePlan {
    processes = Set.copyOf(processes);
    executables = Map.copyOf(executables);
  }

  /**
   * A Go program.
   *
   * @param path through the root of a process that runs it
   */
  record GoExecutable(Path path, GoBinary binary) {
    boolean has(String function) {
      return binary.missing(function).isEmpty();
    }
  }

  static NodePlan nothing() {
    return new NodePlan(Set.of(), Map.of(), false);
  }

  /**
   * The plan for these targets.
   *
   * @param usable false for paths that bpftrace could not attach to
   * @param pageFaults whether the kernel can tell page faults
   */
  static NodePlan of(List<Target> targets, Predicate<Path> usable, boolean pageFaults) {
    var processes = new HashSet<TargetProcess.Identity>();
    var executables = new LinkedHashMap<ExecutableId, GoExecutable>();
    for (var target : targets) {
      for (var process : target.processes()) {
        processes.add(process.identity());
        var go = process.go();
        if (go.isPresent()
            && process.refusal().isEmpty()
            && wantsGo(target)
            && usable.test(process.executable())) {
          executables.putIfAbsent(
              process.identity().executable(), new GoExecutable(process.executable(), go.get()));
        }
      }
    }
    return new NodePlan(processes, executables, pageFaults);
  }

  static boolean wantsGo(Target target) {
    var choice = target.container().choice();
    return choice == RuntimeChoice.AUTO || choice == RuntimeChoice.GO;
  }

  /** Whether a process's page faults are counted. */
  boolean countsFaultsOf(TargetProcess.Identity process) {
    return pageFaults && processes.contains(process);
  }

  /** Whether uprobes are put on what a process runs, and count for it. */
  boolean probesGoOf(TargetProcess.Identity process) {
    return processes.contains(process) && executables.containsKey(process.executable());
  }

  /** Whether there is anything to attach. */
  boolean isIdle() {
    return processes.isEmpty() || (executables.isEmpty() && !pageFaults);
  }

  Set<Long> pids() {
    return processes.stream()
        .map(TargetProcess.Identity::pid)
        .collect(Collectors.toUnmodifiableSet());
  }

  Set<String> containers() {
    return processes.stream()
        .map(TargetProcess.Identity::containerId)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether a program for the other plan would see the same. */
  boolean sameAs(NodePlan other) {
    return processes.equals(other.processes)
        && executables.keySet().equals(other.executables.keySet())
        && pageFaults == other.pageFaults;
  }
}
