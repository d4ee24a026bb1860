package dev.heapwarden.probes.sample;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.jvm.JvmCounters;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the counters of a container's JVM say; of several, those of the one that was read last. The
 * old generation after a young collection holds garbage: only its lowest level between two
 * collections that clean it is taken as live, and told at the second of them. Nothing is, where the
 * collector does not tell when it has cleaned it.
 */
final class JvmLedger {
  private @Nullable Life life;
  private long collections;

  private static final class Life {
    final long pid;
    JvmCounters latest;
    long lowest;

    /** Whether a collection that cleans was seen, so that {@code lowest} covers all since then. */
    boolean whole;

    long live = -1;

    Life(long pid, JvmCounters first) {
      this.pid = pid;
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
    if (life == null || life.pid != pid) {
      life = new Life(pid, now);
    }
    long cleaned = now.oldCollections().orElse(0) - life.latest.oldCollections().orElse(0);
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
    if (life != null && !pids.contains(life.pid)) {
      life = null;
    }
  }

  /** Which source spoke last. */
  Origin origin() {
    return life == null ? Origin.HSPERFDATA : life.latest.origin();
  }

  /** Collections that cleaned since the first readings. */
  long collections() {
    return collections;
  }

  /** Levels and counts of now; none before the first reading. */
  Map<Signal, Double> values() {
    var values = new EnumMap<Signal, Double>(Signal.class);
    if (life != null) {
      var counters = life.latest;
      if (counters.notPauses().isEmpty()) {
        values.put(Signal.GC_PAUSE_TIME, counters.pauseSeconds());
      }
      if (counters.oldLimit() > 0) {
        values.put(Signal.HEAP_LIMIT, (double) counters.oldLimit());
      }
      values.put(Signal.METASPACE, (double) counters.metaspaceUsed());
      values.put(Signal.THREADS, (double) counters.threads());
      values.put(Signal.LOADED_CLASSES, (double) counters.classes());
      if (counters.notLive().isEmpty()) {
        values.put(Signal.OLD_GENERATION, (double) counters.oldUsed());
        values.put(Signal.COLLECTIONS, (double) collections);
      }
    }
    return values;
  }

  /** The live level with the number of collections; none while it is not known. */
  Map<Signal, Double> live() {
    var values = new EnumMap<Signal, Double>(Signal.class);
    if (life != null && life.live >= 0) {
      values.put(Signal.POST_GC_LIVE_HEAP, (double) life.live);
      values.put(Signal.COLLECTIONS, (double) collections);
    }
    return values;
  }
}
