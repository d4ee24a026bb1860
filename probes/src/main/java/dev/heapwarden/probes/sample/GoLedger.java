package dev.heapwarden.probes.sample;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.gclog.GoTrace;
import dev.heapwarden.probes.gomemory.MemoryFigures;
import dev.heapwarden.probes.probe.ProbeEvent;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the Go programs of a container collect. Its live heap is the sum over them of what the last
 * collection of each found, told whenever one of them collects.
 */
final class GoLedger {
  private final Map<Long, Long> liveBytes = new HashMap<>();

  /** Of those whose latest collection was written down, its number. */
  private final Map<Long, Long> tracedCycles = new HashMap<>();

  private long collections;
  private long collectedAt;
  private boolean collected;
  private @Nullable Instant tracedAt;

  /** Nanoseconds of the longest mark termination that is not told yet; 0 for none. */
  private long longest;

  private OptionalDouble markTermination = OptionalDouble.empty();
  private Map<Signal, Double> levels = Map.of();
  private long levelsOf;

  void collected(ProbeEvent.Collection collection) {
    tracedCycles.remove(collection.pid());
    liveBytes.put(collection.pid(), collection.liveBytes());
    collections += collection.collections();
    collectedAt = Math.max(collectedAt, collection.nanos());
    paused(collection.markTermination());
    collected = true;
  }

  /**
   * One that its program wrote down; those that were missed since the one before count too. A
   * number that does not rise is another program's.
   */
  void traced(long pid, Instant at, GoTrace trace) {
    long before = tracedCycles.getOrDefault(pid, trace.cycle() - 1);
    if (trace.cycle() <= before) {
      return;
    }
    tracedCycles.put(pid, trace.cycle());
    liveBytes.put(pid, trace.liveBytes());
    collections += trace.cycle() - before;
    paused(trace.markTermination());
    tracedAt = at;
  }

  private void paused(long nanos) {
    if (nanos > 0) {
      longest = Math.max(longest, nanos);
      markTermination = OptionalDouble.of(nanos / 1e9);
    }
  }

  /** Takes what the one of them that is judged keeps of itself. */
  void allocated(long pid, MemoryFigures figures, long goroutines) {
    levelsOf = pid;
    levels =
        Map.ofEntries(
            entry(Signal.GOROUTINES, goroutines),
            entry(Signal.HEAP_SYS, figures.heapSys()),
            entry(Signal.HEAP_IN_USE, figures.heapInuse()),
            entry(Signal.HEAP_IDLE, figures.heapIdle()),
            entry(Signal.HEAP_RELEASED, figures.heapReleased()),
            entry(Signal.SPAN_IN_USE, figures.spanInuse()),
            entry(Signal.ALLOCATED_OBJECTS, figures.mallocs()),
            entry(Signal.FREED_OBJECTS, figures.frees()),
            entry(Signal.ALLOCATED_BYTES, figures.totalAlloc()),
            entry(Signal.FREED_BYTES, figures.totalAlloc() - figures.heapAlloc()));
  }

  private static Map.Entry<Signal, Double> entry(Signal signal, long figure) {
    return Map.entry(signal, (double) figure);
  }

  /** Forgets the figures of processes that ended; counts stay. */
  void retain(Set<Long> pids) {
    liveBytes.keySet().retainAll(pids);
    tracedCycles.keySet().retainAll(pids);
    if (!pids.contains(levelsOf)) {
      levels = Map.of();
    }
  }

  /** Forgets what is not told yet too. */
  void forget() {
    retain(Set.of());
    collected = false;
    tracedAt = null;
    longest = 0;
    markTermination = OptionalDouble.empty();
  }

  /** Empty until one of them has collected. */
  OptionalDouble live() {
    return liveBytes.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) liveBytes.values().stream().mapToLong(Long::longValue).sum());
  }

  long collections() {
    return collections;
  }

  /** Seconds, of the latest collection that told it; empty while none has. */
  OptionalDouble markTermination() {
    return markTermination;
  }

  /** What the one that is judged said of itself last; none where it was not read. */
  Map<Signal, Double> levels() {
    return levels;
  }

  void flush(ContainerKey container, SampleBuffer buffer, WallClock clock) {
    if (liveBytes.isEmpty()) {
      return;
    }
    if (collected) {
      tell(container, buffer, clock.at(collectedAt), Origin.GO_GC_UPROBE);
      collected = false;
    }
    if (tracedAt != null) {
      tell(container, buffer, tracedAt, Origin.GO_GCTRACE);
      tracedAt = null;
    }
  }

  private void tell(ContainerKey container, SampleBuffer buffer, Instant at, Origin origin) {
    var values = new EnumMap<Signal, Double>(Signal.class);
    values.put(Signal.POST_GC_LIVE_HEAP, live().orElseThrow());
    values.put(Signal.COLLECTIONS, (double) collections);
    if (longest > 0) {
      values.put(Signal.MARK_TERMINATION, longest / 1e9);
      longest = 0;
    }
    buffer.add(at, container, origin, values, null);
  }
}
