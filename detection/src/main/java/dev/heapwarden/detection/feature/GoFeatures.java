package dev.heapwarden.detection.feature;

import dev.heapwarden.detection.sample.Signal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The features that only Go programs have, but for their maps. */
final class GoFeatures {
  private final Map<Feature, Double> values;
  private final History history;
  private final double age;

  private GoFeatures(Map<Feature, Double> values, History history, double age) {
    this.values = values;
    this.history = history;
    this.age = age;
  }

  /** Adds what can be computed, and returns the goroutines' trend. */
  static Optional<Trend> put(Map<Feature, Double> values, History history, double age) {
    var go = new GoFeatures(values, history, age);
    go.putMarkTermination();
    go.putHeap();
    go.putAllocations();
    go.putMaps();
    return go.putGoroutines();
  }

  private void putMarkTermination() {
    var pauses = window(Signal.MARK_TERMINATION);
    if (!pauses.isEmpty()) {
      values.put(Feature.MARK_TERMINATION, pauses.sortedValues()[pauses.size() - 1]);
    }
  }

  private Optional<Trend> putGoroutines() {
    var now = Features.latest(history, Signal.GOROUTINES, age);
    if (now == null) {
      return Optional.empty();
    }
    values.put(Feature.GOROUTINES, now);
    var gained =
        Trend.of(sinceWarmUp(history.series(Signal.GOROUTINES)), history.frame().windowSeconds());
    gained.ifPresent(
        trend -> {
          values.put(Feature.GOROUTINE_GROWTH_RATE, trend.line().slope());
          values.put(Feature.GOROUTINE_GROWTH_RATE_LOW, trend.line().low());
          values.put(Feature.GOROUTINE_RISE, trend.rise());
          values.put(Feature.GOROUTINE_GROWTH, trend.growth(trend.line().slope()));
          values.put(Feature.GOROUTINE_STEADINESS, trend.pace().steadiness());
          values.put(Feature.GOROUTINE_LATEST_PACE, trend.pace().latest());
        });
    return gained;
  }

  private void putHeap() {
    var spans = Features.latest(history, Signal.SPAN_IN_USE, age);
    if (spans != null) {
      values.put(Feature.MSPAN_IN_USE, spans);
    }
    var whole = Features.latest(history, Signal.HEAP_SYS, age);
    if (whole == null) {
      return;
    }
    values.put(Feature.HEAP_SYS, whole);
    var idle = Features.latest(history, Signal.HEAP_IDLE, age);
    if (idle == null || whole <= 0) {
      return;
    }
    values.put(Feature.HEAP_IDLE_RATIO, idle / whole);
    var released = Features.latest(history, Signal.HEAP_RELEASED, age);
    if (released != null) {
      values.put(Feature.HEAP_FRAGMENTATION, Math.max(idle - released, 0) / whole);
    }
  }

  /** What snapshots told, which are taken more rarely than each window. */
  private void putMaps() {
    for (var share : List.of(Feature.MAP_HEAP_SHARE, Feature.EMPTIED_MAP_SHARE)) {
      var told =
          history.series(share.signal()).between(age - history.frame().horizonSeconds(), age);
      if (!told.isEmpty()) {
        values.put(share, told.lastValue());
      }
    }
  }

  private void putAllocations() {
    Trend.of(sinceWarmUp(liveObjects()), history.frame().windowSeconds())
        .ifPresent(trend -> values.put(Feature.LIVE_OBJECTS_GROWTH_RATE, trend.line().slope()));
    double freed = Features.increase(window(Signal.FREED_BYTES));
    if (freed > 0) {
      values.put(
          Feature.ALLOC_FREE_RATIO, Features.increase(window(Signal.ALLOCATED_BYTES)) / freed);
    }
  }

  /** Of the readings that tell both. */
  private Series liveObjects() {
    var freed = history.series(Signal.FREED_OBJECTS);
    var allocated = history.series(Signal.ALLOCATED_OBJECTS);
    var ages = new double[Math.min(allocated.size(), freed.size())];
    var live = new double[ages.length];
    int size = 0;
    for (int i = 0, j = 0; i < allocated.size() && j < freed.size(); ) {
      double ahead = allocated.age(i) - freed.age(j);
      if (ahead == 0) {
        ages[size] = allocated.age(i);
        live[size++] = allocated.value(i) - freed.value(j);
      }
      i += ahead <= 0 ? 1 : 0;
      j += ahead >= 0 ? 1 : 0;
    }
    return new Series(Arrays.copyOf(ages, size), Arrays.copyOf(live, size));
  }

  private Series window(Signal signal) {
    return history.series(signal).between(age - history.frame().windowSeconds(), age);
  }

  private Series sinceWarmUp(Series series) {
    return series.between(history.frame().trendStart(age), age);
  }
}
