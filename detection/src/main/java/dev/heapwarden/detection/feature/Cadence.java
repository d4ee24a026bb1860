package dev.heapwarden.detection.feature;

import dev.heapwarden.detection.sample.Signal;
import java.util.Map;
import java.util.OptionalDouble;

/** How often a program collects, and what the heap does in between. */
final class Cadence {
  private Cadence() {}

  /**
   * Adds what can be computed.
   *
   * @param from age from which the live heap's trend counts, so that both speak of the same time
   */
  static void put(Map<Feature, Double> values, History history, double from, double age) {
    var frame = history.frame();
    putSwing(
        values, history.series(Signal.OLD_GENERATION).between(age - frame.windowSeconds(), age));
    var rate = values.get(Feature.GC_RATE);
    if (rate != null && rate > 0) {
      values.put(Feature.FULL_GC_INTERVAL, 1 / rate);
    }
    putGrowth(values, history, from, age);
  }

  /** Where nobody counts the collections, each that is told is one. */
  private static void putGrowth(
      Map<Feature, Double> values, History history, double from, double to) {
    double window = history.frame().windowSeconds();
    boolean counted = history.saw(Signal.COLLECTIONS);
    var told = history.series(counted ? Signal.COLLECTIONS : Signal.POST_GC_LIVE_HEAP);
    growth(told.between(from, to), counted, window)
        .ifPresent(growth -> values.put(Feature.GC_RATE_GROWTH, growth));
    if (values.containsKey(Feature.LIVE_HEAP)) {
      var allocated = history.series(Signal.ALLOCATED_BYTES).between(from, to);
      values.put(Feature.ALLOCATION_GROWTH, growth(allocated, true, window).orElse(0));
    }
  }

  /** By how much more comes in the later half of the time than in the earlier. */
  private static OptionalDouble growth(Series told, boolean counted, double windowSeconds) {
    if (!Trend.isLongEnough(told, windowSeconds)) {
      return OptionalDouble.empty();
    }
    double middle = (told.age(0) + told.lastAge()) / 2;
    double earlier =
        counted ? increaseUntil(told, middle) : told.between(told.age(0), middle).samples();
    double all = counted ? Features.increase(told) : told.samples();
    return earlier > 0 ? OptionalDouble.of((all - earlier) / earlier - 1) : OptionalDouble.empty();
  }

  private static void putSwing(Map<Feature, Double> values, Series levels) {
    if (levels.span() > 0) {
      var sorted = levels.sortedValues();
      values.put(
          Feature.OLD_GEN_GROWTH_RATE, (sorted[sorted.length - 1] - sorted[0]) / levels.span());
    }
  }

  /** From the first reading to an age among them; evenly between the two around it. */
  private static double increaseUntil(Series readings, double age) {
    int before = readings.between(readings.age(0), age).size();
    double increase = Features.increase(readings.slice(0, before));
    if (before == readings.size()) {
      return increase;
    }
    var around = readings.slice(before - 1, before + 1);
    return increase + Features.increase(around) * (age - around.age(0)) / around.span();
  }
}
