package dev.heapwarden.probes.probe;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.probes.cost.Cause;
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
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What one node program is to watch.
 *
 * @param processes whose events count
 * @param executables Go programs to put uprobes on, each once whatever number of processes run it
 * @param faulting those whose page faults are counted
 */
record NodePlan(
    Set<TargetProcess.Identity> processes,
    Map<ExecutableId, GoExecutable> executables,
    Set<TargetProcess.Identity> faulting) {
  NodePlan {
    processes = Set.copyOf(processes);
    executables = Map.copyOf(executables);
    faulting = Set.copyOf(faulting);
  }

  /**
   * A Go program.
   *
   * @param path through the root of a process that runs it
   * @param leftOut probes that are too much for it
   */
  record GoExecutable(Path path, GoBinary binary, Set<Cause> leftOut) {
    GoExecutable {
      leftOut = Set.copyOf(leftOut);
    }

    GoExecutable(Path path, GoBinary binary) {
      this(path, binary, Set.of());
    }

    /** The same for one who runs it too: left out is what both are spared. */
    GoExecutable forBoth(GoExecutable other) {
      return new GoExecutable(
          path,
          binary,
          leftOut.stream().filter(other.leftOut::contains).collect(Collectors.toSet()));
    }

    /** Whether all is too much; a mark termination is timed only where collections are watched. */
    boolean isSpared() {
      return leftOut.contains(Cause.GO_GC) && leftOut.contains(Cause.GO_MAP_GROWTH);
    }

    /** Whether its collections are watched. */
    boolean tellsCollections() {
      return !leftOut.contains(Cause.GO_GC) && binary.missing(GoBinary.GC).isEmpty();
    }

    /** Whether the mark termination of its collections is timed. */
    boolean tellsMarkTermination() {
      return tellsCollections()
          && !leftOut.contains(Cause.GO_MARK_TERMINATION)
          && binary.missing(GoBinary.STOP_WORLD).isEmpty()
          && binary.missing(GoBinary.START_WORLD).isEmpty();
    }

    /** Whether the growth of its maps is watched. */
    boolean tellsGrowth() {
      return !leftOut.contains(Cause.GO_MAP_GROWTH) && binary.missing(binary.growth()).isEmpty();
    }
  }

  static NodePlan nothing() {
    return new NodePlan(Set.of(), Map.of(), Set.of());
  }

  /**
   * The plan for these targets.
   *
   * @param usable false for paths that bpftrace could not attach to
   * @param pageFaults whether the kernel can tell page faults
   * @param leftOut the probes that a container is spared
   */
  static NodePlan of(
      List<Target> targets,
      Predicate<Path> usable,
      boolean pageFaults,
      Function<Target, Set<Cause>> leftOut) {
    var processes = new HashSet<TargetProcess.Identity>();
    var faulting = new HashSet<TargetProcess.Identity>();
    var executables = new LinkedHashMap<ExecutableId, GoExecutable>();
    for (var target : targets) {
      var spared = leftOut.apply(target);
      for (var process : target.processes()) {
        processes.add(process.identity());
        if (pageFaults && !spared.contains(Cause.PAGE_FAULTS)) {
          faulting.add(process.identity());
        }
        var go = process.go();
        if (go.isPresent()
            && process.refusal().isEmpty()
            && wantsGo(target)
            && usable.test(process.executable())) {
          executables.merge(
              process.identity().executable(),
              new GoExecutable(process.executable(), go.get(), ofExecutables(spared)),
              GoExecutable::forBoth);
        }
      }
    }
    executables.values().removeIf(GoExecutable::isSpared);
    return new NodePlan(processes, executables, faulting);
  }

  static boolean wantsGo(Target target) {
    var choice = target.container().choice();
    return choice == RuntimeChoice.AUTO || choice == RuntimeChoice.GO;
  }

  /** Whether a process's page faults are counted. */
  boolean countsFaultsOf(TargetProcess.Identity process) {
    return faulting.contains(process);
  }

  /** Whether a uprobe is put on what a process runs, and counts for it. */
  boolean probesGoOf(TargetProcess.Identity process, Predicate<GoExecutable> probe) {
    var executable = executables.get(process.executable());
    return processes.contains(process) && executable != null && probe.test(executable);
  }

  /** Whether there is nothing to attach. */
  boolean isIdle() {
    return executables.isEmpty() && faulting.isEmpty();
  }

  /** The processes that run each executable. */
  Map<ExecutableId, List<Long>> runners() {
    return processes.stream()
        .filter(process -> executables.containsKey(process.executable()))
        .collect(
            Collectors.groupingBy(
                TargetProcess.Identity::executable,
                Collectors.mapping(TargetProcess.Identity::pid, Collectors.toList())));
  }

  Set<Long> pids() {
    return pids(processes);
  }

  Set<Long> faultingPids() {
    return pids(faulting);
  }

  private static Set<Long> pids(Set<TargetProcess.Identity> processes) {
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
        && leftOutOf(executables).equals(leftOutOf(other.executables))
        && faulting.equals(other.faulting);
  }

  private static Set<Cause> ofExecutables(Set<Cause> causes) {
    return causes.stream()
        .filter(Cause.OF_EXECUTABLES::contains)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Map<ExecutableId, Set<Cause>> leftOutOf(
      Map<ExecutableId, GoExecutable> executables) {
    return executables.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().leftOut()));
  }
}
