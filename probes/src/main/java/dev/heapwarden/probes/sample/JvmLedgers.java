package dev.heapwarden.probes.sample;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.jvm.JvmFigures;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * What the sources of a container's JVM say. Of each signal one speaks: the counters where they
 * tell it, the log of its collections for the rest.
 */
final class JvmLedgers {
  private final JvmLedger counters = new JvmLedger();
  private final JvmLedger log = new JvmLedger();

  /**
   * Takes a reading.
   *
   * @return true when it tells a new live level
   */
  boolean read(long pid, JvmFigures now) {
    return now.origin() == Origin.JVM_GC_LOG
        ? log.read(pid, now) && !counters.tellsCollections()
        : counters.read(pid, now);
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
    var counted = counters.values();
    if (!counted.isEmpty()) {
      all.put(counters.origin(), counted);
    }
    var logged = log.values();
    logged.keySet().removeAll(counted.keySet());
    if (!logged.isEmpty()) {
      all.put(log.origin(), logged);
    }
    return all;
  }

  /** The live level with the number of collections; none while it is not known. */
  Map<Signal, Double> live() {
    return collecting().live();
  }

  /** Which source tells of the collections. */
  Origin liveOrigin() {
    return collecting().origin();
  }

  /** Collections that cleaned since the first readings. */
  long collections() {
    return collecting().collections();
  }

  private JvmLedger collecting() {
    return counters.tellsCollections() ? counters : log;
  }
}
