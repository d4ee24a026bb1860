package dev.heapwarden.probes.sample;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.jvm.JvmFigures;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What the sources of a container's JVM say. Of each signal one speaks: the counters where they
 * tell it, the log of its collections for the rest, and the probes in it where there is neither.
 * What they count goes on where another takes over.
 */
final class JvmLedgers {
  private final JvmLedger counters = new JvmLedger();
  private final JvmLedger log = new JvmLedger();
  private final JvmLedger probes = new JvmLedger();
  private final List<JvmLedger> sources = List.of(counters, log, probes);
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
    var source =
        switch (now.origin()) {
          case JVM_GC_LOG -> log;
          case JVM_USDT -> probes;
          default -> counters;
        };
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

  /** Forgets what else is not read any more. */
  void loseAllButProbes() {
    loseCounters();
    log.retain(Set.of());
  }

  void retain(Set<Long> pids) {
    sources.forEach(source -> source.retain(pids));
  }

  /** Levels and counts of now, by the source that speaks; none before the first reading. */
  Map<Origin, Map<Signal, Double>> values() {
    var all = new EnumMap<Origin, Map<Signal, Double>>(Origin.class);
    var told = EnumSet.noneOf(Signal.class);
    for (var source : sources) {
      var values = told(source.values());
      values.keySet().removeAll(told);
      if (!values.isEmpty()) {
        all.put(source.origin(), values);
        told.addAll(values.keySet());
      }
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
    return sources.stream().filter(tells).findFirst().orElse(log);
  }

  /** With the counts of all sources in the place of one's own. */
  private Map<Signal, Double> told(Map<Signal, Double> values) {
    values.computeIfPresent(Signal.GC_PAUSE_TIME, (_, _) -> pauseSeconds.told());
    values.computeIfPresent(Signal.COLLECTIONS, (_, _) -> collections.told());
    return values;
  }
}
