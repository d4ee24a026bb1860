package dev.heapwarden.probes.sample;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.jvm.JvmFigures;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What the sources of a container's JVM say. Of each signal one speaks: the counters where they
 * tell it, the log of its collections for the rest. What they count goes on where another takes
 * over.
 */
final class JvmLedgers {
  private final JvmLedger counters = new JvmLedger();
  private final JvmLedger log = new JvmLedger();
  private final ToldCount pauseSeconds = new ToldCount();
  private final ToldCount collections = new ToldCount();

  /** One that counts from one beginning. */
  private record Speaker(JvmLedger source, long pid) {}

  /**
   * Takes a reading.
   *
   * @return true when it tells a new live level
   */
  boolean read(long pid, JvmFigures now) {
    var source = now.origin() == Origin.JVM_GC_LOG ? log : counters;
    boolean live = source.read(pid, now);
    var speaker = new Speaker(source, pid);
    if (source == speaking(JvmLedger::tellsPauses)) {
      now.pauseSeconds().ifPresent(seconds -> pauseSeconds.take(speaker, seconds));
    }
    if (source != collecting()) {
      return false;
    }
    collections.take(speaker, (double) source.collections());
    return live;
  }

  /** Forgets counters that cannot be read any more. */
  void loseCounters() {
    counters.retain(Set.of());
  }

  void retain(Set<Long> pids) {
    counters.retain(pids);
    log.retain(pids);
  }

  /** Levels and counts of now, by the source that speaks; none before the first reading. */
  Map<Origin, Map<Signal, Double>> values() {
    var all = new EnumMap<Origin, Map<Signal, Double>>(Origin.class);
    var counted = told(counters.values());
    if (!counted.isEmpty()) {
      all.put(counters.origin(), counted);
    }
    var logged = told(log.values());
    logged.keySet().removeAll(counted.keySet());
    if (!logged.isEmpty()) {
      all.put(log.origin(), logged);
    }
    return all;
  }

  /** The live level with the number of collections; none while it is not known. */
  Map<Signal, Double> live() {
    return told(collecting().live());
  }

  /** Which source tells of the collections. */
  Origin liveOrigin() {
    return collecting().origin();
  }

  /** Collections that cleaned since the first readings. */
  long collections() {
    return (long) collections.told();
  }

  private JvmLedger collecting() {
    return speaking(JvmLedger::tellsCollections);
  }

  private JvmLedger speaking(Predicate<JvmLedger> tells) {
    return tells.test(counters) ? counters : log;
  }

  /** With the counts of all sources in the place of one's own. */
  private Map<Signal, Double> told(Map<Signal, Double> values) {
    values.computeIfPresent(Signal.GC_PAUSE_TIME, (_, _) -> pauseSeconds.told());
    values.computeIfPresent(Signal.COLLECTIONS, (_, _) -> collections.told());
    return values;
  }
}
