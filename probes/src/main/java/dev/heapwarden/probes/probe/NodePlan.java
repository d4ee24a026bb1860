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
 */
record NodePlan(
    Set<TargetProcess.Identity> processes, Map<ExecutableId, GoExecutable> executables) {
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
      return binary.functions().containsKey(function);
    }
  }

  static NodePlan nothing() {
    return new NodePlan(Set.of(), Map.of());
  }

  /**
   * The plan for these targets.
   *
   * @param usable false for paths that bpftrace could not attach to
   */
  static NodePlan of(List<Target> targets, Predicate<Path> usable) {
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
    return new NodePlan(processes, executables);
  }

  static boolean wantsGo(Target target) {
    var choice = target.container().choice();
    return choice == RuntimeChoice.AUTO || choice == RuntimeChoice.GO;
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
        && executables.keySet().equals(other.executables.keySet());
  }
}
