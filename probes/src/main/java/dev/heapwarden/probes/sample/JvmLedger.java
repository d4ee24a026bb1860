package dev.heapwarden.probes.sample;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.jvm.JvmFigures;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one source says of a container's JVM; of several, of the one that was read last. The old
 * generation after a young collection holds garbage: only its lowest level between two collections
 * that clean it is taken as live, and told at the second of them. Nothing is, where the collector
 * does not tell when it has cleaned it.
 */
final class JvmLedger {
  private static final long UNKNOWN = Long.MAX_VALUE;

  private @Nullable Life life;
  private long collections;

  private static final class Life {
    final long pid;
    JvmFigures latest;
    long lowest;

    /** Whether a collection that cleans was seen, so that {@code lowest} covers all since then. */
    boolean whole;

    long live = -1;

    Life(long pid, JvmFigures first) {
      this.pid = pid;
      latest = first;
      lowest = oldUsed(first);
    }
  }

  /**
   * Takes a reading.
   *
   * @return true when it tells a new live level
   */
  boolean read(long pid, JvmFigures now) {
    if (life == null || life.pid != pid) {
      life = new Life(pid, now);
    }
    long cleaned = now.oldCollections().orElse(0) - life.latest.oldCollections().orElse(0);
    life.latest = now;
    life.lowest = Math.min(life.lowest, oldUsed(now));
    boolean told = cleaned > 0 && life.whole && life.lowest != UNKNOWN;
    if (told) {
      life.live = life.lowest;
    }
    if (cleaned > 0) {
      collections += cleaned;
      life.lowest = oldUsed(now);
      life.whole = true;
    }
    return told;
  }

  void retain(Set<Long> pids) {
    if (life != null && !pids.contains(life.pid)) {
      life = null;
    }
  }

  /** Which source spoke last; of none that was ever read the usual one. */
  Origin origin() {
    return life == null ? Origin.HSPERFDATA : life.latest.origin();
  }

  /** Whether it tells when the old generation was cleaned. */
  boolean tellsCollections() {
    return life != null && life.latest.oldCollections().isPresent();
  }

  /** Whether it tells how long the program stood still. */
  boolean tellsPauses() {
    return life != null && life.latest.pauseSeconds().isPresent();
  }

  /** Collections that cleaned since the first readings. */
  long collections() {
    return collections;
  }

  /** Levels and counts of now; none before the first reading. */
  Map<Signal, Double> values() {
    var values = new EnumMap<Signal, Double>(Signal.class);
    if (life != null) {
      var figures = life.latest;
      put(values, Signal.HEAP_LIMIT, figures.oldLimit());
      put(values, Signal.METASPACE, figures.metaspaceUsed());
      put(values, Signal.THREADS, figures.threads());
      put(values, Signal.LOADED_CLASSES, figures.classes());
      figures.pauseSeconds().ifPresent(seconds -> values.put(Signal.GC_PAUSE_TIME, seconds));
      if (figures.oldCollections().isPresent()) {
        put(values, Signal.OLD_GENERATION, figures.oldUsed());
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

  private static long oldUsed(JvmFigures figures) {
    return figures.oldUsed().orElse(UNKNOWN);
  }

  private static void put(Map<Signal, Double> values, Signal signal, OptionalLong figure) {
    figure.ifPresent(value -> values.put(signal, (double) value));
  }
}
