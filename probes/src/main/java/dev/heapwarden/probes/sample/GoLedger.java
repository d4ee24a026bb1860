package dev.heapwarden.probes.sample;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.buffer.SampleBuffer;
import java.time.Instant;
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

  void collected(long pid, long nanos, long bytes, long count) {
    tracedCycles.remove(pid);
    liveBytes.put(pid, bytes);
    collections += count;
    collectedAt = Math.max(collectedAt, nanos);
    collected = true;
  }

  /**
   * One that its program wrote down; those that were missed since the one before count too. A
   * number that does not rise is another program's.
   */
  void traced(long pid, Instant at, long bytes, long cycle) {
    long before = tracedCycles.getOrDefault(pid, cycle - 1);
    if (cycle <= before) {
      return;
    }
    tracedCycles.put(pid, cycle);
    liveBytes.put(pid, bytes);
    collections += cycle - before;
    tracedAt = at;
  }

  /** Forgets the figures of processes that ended; counts stay. */
  void retain(Set<Long> pids) {
    liveBytes.keySet().retainAll(pids);
    tracedCycles.keySet().retainAll(pids);
  }

  /** Forgets what is not told yet too. */
  void forget() {
    retain(Set.of());
    collected = false;
    tracedAt = null;
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
    buffer.add(
        at,
        container,
        origin,
        Map.of(
            Signal.POST_GC_LIVE_HEAP,
            live().orElseThrow(),
            Signal.COLLECTIONS,
            (double) collections),
        null);
  }
}
