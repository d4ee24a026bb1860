package dev.heapwarden.probes.probe;

import dev.heapwarden.probes.cost.Cause;
import dev.heapwarden.probes.cost.HitCost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the hits of a node program's uprobes take from whom. Those of processes that nobody watches
 * are shared out among the watched ones that run the same executable: the probe is there for them.
 * Not thread-safe.
 */
final class Hits {
  private final Map<Long, Runner> runners = new HashMap<>();
  private final Map<Integer, List<Runner>> byExecutable = new HashMap<>();

  /** How many share in a hit of another process: on overlay file systems all see it. */
  private final Map<Integer, Integer> sharing = new HashMap<>();

  private final Map<String, Long> sums = new HashMap<>();
  private final Map<Key, Long> spent = new HashMap<>();

  private record Runner(long pid, ProbedFile file) {}

  private record Key(long pid, Cause cause) {}

  /** Hits of the program for a plan. */
  Hits(NodePlan plan, List<NodeProgram.Probed> executables) {
    var pids = plan.runners();
    for (var probed : executables) {
      var of =
          pids.getOrDefault(probed.id(), List.of()).stream()
              .map(pid -> new Runner(pid, probed.executable()))
              .toList();
      of.forEach(runner -> runners.put(runner.pid(), runner));
      byExecutable.put(probed.number(), of);
    }
    for (var probed : executables) {
      sharing.put(
          probed.number(),
          executables.stream()
              .filter(other -> other.id().inode() == probed.id().inode())
              .mapToInt(other -> byExecutable.getOrDefault(other.number(), List.of()).size())
              .sum());
    }
  }

  /** Takes sums of the program's life so far; other maps are left alone. */
  void read(BpftraceLine.Values values) {
    switch (values.map()) {
      case "@gc" -> watched(values, Cause.GO_GC);
      case "@stw" -> watched(values, Cause.GO_MARK_TERMINATION);
      case "@grown" -> watched(values, Cause.GO_MAP_GROWTH);
      case JvmLibrary.HITS -> watched(values, Cause.JVM_USDT);
      case JvmLibrary.HITS + "other" -> others(values, Cause.JVM_USDT);
      case "@gcother" -> others(values, Cause.GO_GC);
      case "@stwother" -> others(values, Cause.GO_MARK_TERMINATION);
      case "@grownother" -> others(values, Cause.GO_MAP_GROWTH);
      default -> {}
    }
  }

  /** Takes a hit that was told. */
  void told(long pid, Cause cause) {
    if (runners.containsKey(pid)) {
      spend(pid, cause, HitCost.TOLD);
    }
  }

  /** What they took since the last call. */
  List<ProbeEvent> spent(long nanos) {
    var events = new ArrayList<ProbeEvent>();
    spent.forEach(
        (key, cpu) -> events.add(new ProbeEvent.Spent(key.pid(), nanos, key.cause(), cpu)));
    spent.clear();
    return events;
  }

  private void watched(BpftraceLine.Values values, Cause cause) {
    values
        .values()
        .forEach(
            (pid, sum) -> {
              long more = more(values.map() + pid, sum.asLong());
              var runner = runners.get(Long.parseLong(pid));
              if (runner != null) {
                spend(runner.pid(), cause, more * runner.file().cost(cause));
              }
            });
  }

  private void others(BpftraceLine.Values values, Cause cause) {
    values
        .values()
        .forEach(
            (number, sum) -> {
              long more = more(values.map() + number, sum.asLong());
              int executable = Integer.parseInt(number);
              int share = sharing.getOrDefault(executable, 1);
              byExecutable
                  .getOrDefault(executable, List.of())
                  .forEach(
                      runner ->
                          spend(runner.pid(), cause, more * runner.file().cost(cause) / share));
            });
  }

  private long more(String of, long sum) {
    var before = sums.put(of, sum);
    return Math.max(0, sum - (before == null ? 0 : before));
  }

  private void spend(long pid, Cause cause, long cpu) {
    if (cpu > 0) {
      spent.merge(new Key(pid, cause), cpu, Long::sum);
    }
  }
}
