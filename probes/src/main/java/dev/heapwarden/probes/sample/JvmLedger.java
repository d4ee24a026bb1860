package dev.heapwarden.probes.sample;

import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.jvm.JvmCounters;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * What the counters of a container's JVMs add up to. The old generation after a young collection
 * holds garbage: only its lowest level between two collections that clean it is taken as live, and
 * told at the second of them.
 */
final class JvmLedger {
  private final Map<Long, Life> lives = new HashMap<>();
  private long collections;

  private static final class Life {
    JvmCounters latest;
    long lowest;

    /** Whether a collection that cleans was seen, so that {@code lowest} covers all since then. */
    boolean whole;

    long live = -1;

    Life(JvmCounters first) {
      latest = first;
      lowest = first.oldUsed();
    }
  }

  /**
   * Takes a reading.
   *
   * @return true when it tells a new live level
   */
  boolean read(long pid, JvmCounters now) {
    var life = lives.computeIfAbsent(pid, _ -> new Life(now));
    long cleaned = now.oldCollections() - life.latest.oldCollections();
    boolean told = cleaned > 0 && life.whole;
    life.latest = now;
    life.lowest = Math.min(life.lowest, now.oldUsed());
    if (told) {
      life.live = life.lowest;
    }
    if (cleaned > 0) {
      collections += cleaned;
      life.lowest = now.oldUsed();
      life.whole = true;
    }
    return told;
  }

  void retain(Set<Long> pids) {
    lives.keySet().retainAll(pids);
  }

  /** Collections that cleaned since the first readings. */
  long collections() {
    return collections;
  }

  /** Levels and counts of now; none before the first reading. */
  Map<Signal, Double> values() {
    var values = new EnumMap<Signal, Double>(Signal.class);
    if (!lives.isEmpty()) {
      values.put(Signal.GC_PAUSE_TIME, sum(JvmCounters::pauseSeconds));
      values.put(Signal.OLD_GENERATION, sum(JvmCounters::oldUsed));
      double limit = sum(JvmCounters::oldLimit);
      if (limit > 0) {
        values.put(Signal.HEAP_LIMIT, limit);
      }
      values.put(Signal.METASPACE, sum(JvmCounters::metaspaceUsed));
      values.put(Signal.THREADS, sum(JvmCounters::threads));
      values.put(Signal.COLLECTIONS, (double) collections);
    }
    return values;
  }

  /** The live level with the number of collections; none while it is not known of each JVM. */
  Map<Signal, Double> live() {
    var values = new EnumMap<Signal, Double>(Signal.class);
    if (!lives.isEmpty() && lives.values().stream().allMatch(life -> life.live >= 0)) {
      values.put(
          Signal.POST_GC_LIVE_HEAP, lives.values().stream().mapToDouble(life -> life.live).sum());
      values.put(Signal.COLLECTIONS, (double) collections);
    }
    return values;
  }

  private double sum(ToDoubleFunction<JvmCounters> figure) {
    return lives.values().stream().mapToDouble(life -> figure.applyAsDouble(life.latest)).sum();
  }
}
