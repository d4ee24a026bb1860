package dev.heapwarden.operator.respond.action;

import dev.heapwarden.detection.feature.Feature;
import dev.heapwarden.operator.evaluate.Assessment;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the collections of a Go program would cost with another GOGC. A collection begins when as
 * much was allocated as GOGC says of the live heap (Go runtime/mgcpacer.go, heapGoal), and marks
 * all that is live: with a fifth of GOGC there are five times as many, each for the same work.
 *
 * @param liveHeap bytes
 * @param collectionsPerSecond with Go's default of {@value #DEFAULT}; one that is set is not ours
 */
record GcForecast(double liveHeap, double collectionsPerSecond) {
  private static final int DEFAULT = 100;

  /**
   * CPU seconds to mark one MiB, at most. Measured with Go 1.26.8 on two busy cores: 0.6 to 3.3 ms
   * where it is maps of small structs, next to nothing where it is large buffers without pointers.
   */
  private static final double MARK_SECONDS_PER_MIB = 0.003;

  private static final double MIB = 1 << 20;

  /** Below it GOGC does not decide: Go runtime/mgcpacer.go, defaultHeapMinimum. */
  private static final double LEAST = 4 * MIB;

  /** Of the container that would cost most; empty where none tells live heap and collections. */
  static Optional<GcForecast> of(List<Assessment> assessments) {
    return assessments.stream()
        .map(assessment -> assessment.verdict().evidence().features())
        .flatMap(features -> of(features).stream())
        .max(Comparator.comparingDouble(forecast -> forecast.cpus(DEFAULT)));
  }

  private static Optional<GcForecast> of(Map<String, Double> features) {
    var live = features.get(Feature.LIVE_HEAP.celName());
    var rate = features.get(Feature.GC_RATE.celName());
    return live == null || rate == null || live < LEAST || rate <= 0
        ? Optional.empty()
        : Optional.of(new GcForecast(live, rate));
  }

  /** CPUs that marking keeps busy, at most. */
  double cpus(int percent) {
    return rate(percent) * liveHeap / MIB * MARK_SECONDS_PER_MIB;
  }

  private double rate(int percent) {
    return collectionsPerSecond * DEFAULT / percent;
  }

  /** For people. */
  String text(int percent) {
    return String.format(
        Locale.ROOT,
        "forecast %.2f collections/s instead of %.2f, at most %.2f CPU instead of %.2f for a live"
            + " heap of %.0f MiB",
        rate(percent),
        collectionsPerSecond,
        cpus(percent),
        cpus(DEFAULT),
        liveHeap / MIB);
  }
}
