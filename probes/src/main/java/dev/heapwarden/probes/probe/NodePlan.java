package dev.heapwarden.probes.probe;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.probes.cost.Cause;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.jvm.JvmUsdt;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What one node program is to watch.
 *
 * @param processes whose events count
 * @param executables files to put uprobes on, each once whatever number of processes run it
 * @param jvms whose collections are probed, each with the file that its libjvm is
 * @param faulting those whose page faults are counted
 */
record NodePlan(
    Set<TargetProcess.Identity> processes,
    Map<ExecutableId, ProbedFile> executables,
    Map<TargetProcess.Identity, ExecutableId> jvms,
    Set<TargetProcess.Identity> faulting) {
  NodePlan {
    processes = Set.copyOf(processes);
    executables = Map.copyOf(executables);
    jvms = Map.copyOf(jvms);
    faulting = Set.copyOf(faulting);
  }

  static NodePlan nothing() {
    return new NodePlan(Set.of(), Map.of(), Map.of(), Set.of());
  }

  /**
   * The plan for these targets.
   *
   * @param usable false for paths that bpftrace could not attach to
   * @param pageFaults whether the kernel can tell page faults
   * @param leftOut the probes that a container is spared
   * @param unheard JVMs that are seen in no other way
   */
  static NodePlan of(
      List<Target> targets,
      Predicate<Path> usable,
      boolean pageFaults,
      Function<Target, Set<Cause>> leftOut,
      Function<Target, Optional<JvmUsdt>> unheard) {
    var processes = new HashSet<TargetProcess.Identity>();
    var faulting = new HashSet<TargetProcess.Identity>();
    var executables = new LinkedHashMap<ExecutableId, ProbedFile>();
    var jvms = new HashMap<TargetProcess.Identity, ExecutableId>();
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
              ProbedFile::forBoth);
        }
      }
      if (unheard.apply(target).orElse(null) instanceof JvmUsdt.Found found
          && !spared.contains(Cause.JVM_USDT)
          && usable.test(found.library())) {
        executables.merge(
            found.id(), new JvmLibrary(found.library(), found.probes()), ProbedFile::forBoth);
        jvms.put(target.main().orElseThrow().identity(), found.id());
      }
    }
    executables.values().removeIf(ProbedFile::isSpared);
    return new NodePlan(processes, executables, jvms, faulting);
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
    return processes.contains(process)
        && executables.get(process.executable()) instanceof GoExecutable go
        && probe.test(go);
  }

  /** Whether the collections of a JVM are probed. */
  boolean probesJvm(TargetProcess.Identity process) {
    return jvms.containsKey(process);
  }

  /** The file whose uprobes count for a process, if any do. */
  ExecutableId probedIn(TargetProcess.Identity process) {
    return jvms.getOrDefault(process, process.executable());
  }

  /** Whether there is nothing to attach. */
  boolean isIdle() {
    return executables.isEmpty() && faulting.isEmpty();
  }

  /** The processes that run each file. */
  Map<ExecutableId, List<Long>> runners() {
    return processes.stream()
        .filter(process -> executables.containsKey(probedIn(process)))
        .collect(
            Collectors.groupingBy(
                this::probedIn,
                Collectors.mapping(TargetProcess.Identity::pid, Collectors.toList())));
  }

  Set<Long> pids() {
    return pids(processes);
  }

  Set<Long> faultingPids() {
    return pids(faulting);
  }

  /** The pids of which each probe tells something. */
  Map<Cause, Set<Long>> watched() {
    return Map.of(
        Cause.PAGE_FAULTS,
        faultingPids(),
        Cause.JVM_USDT,
        pids(jvms.keySet()),
        Cause.GO_GC,
        watchedBy(GoExecutable::tellsCollections),
        Cause.GO_MARK_TERMINATION,
        watchedBy(GoExecutable::tellsMarkTermination),
        Cause.GO_MAP_GROWTH,
        watchedBy(GoExecutable::tellsGrowth));
  }

  private Set<Long> watchedBy(Predicate<GoExecutable> probe) {
    return pids(
        processes.stream()
            .filter(process -> probesGoOf(process, probe))
            .collect(Collectors.toUnmodifiableSet()));
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
        && jvms.equals(other.jvms)
        && leftOutOf(executables).equals(leftOutOf(other.executables))
        && faulting.equals(other.faulting);
  }

  private static Set<Cause> ofExecutables(Set<Cause> causes) {
    return causes.stream()
        .filter(Cause.OF_EXECUTABLES::contains)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Map<ExecutableId, Set<Cause>> leftOutOf(
      Map<ExecutableId, ProbedFile> executables) {
    return executables.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().leftOut()));
  }
}
