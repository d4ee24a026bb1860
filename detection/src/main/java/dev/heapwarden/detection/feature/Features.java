package dev.heapwarden.detection.feature;

import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.detection.verdict.Growth;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The features of one container at one instant.
 *
 * @param values what could be computed; a feature that could not is absent
 * @param liveHeap empty without enough collections
 * @param anonymous empty without enough readings
 * @param goroutinesBegan when their number began to rise; empty where nobody saw that
 * @param fastestMap empty where no map spoke
 * @param fastestClass empty where classes were not counted, or not lately
 */
public record Features(
    Map<Feature, Double> values,
    Optional<Growth> liveHeap,
    Optional<Growth> anonymous,
    Optional<Instant> goroutinesBegan,
    Optional<MapTrend> fastestMap,
    Optional<ClassTrend> fastestClass) {
  /**
   * A reading of the cgroup older than this and a window tells nothing of now. Four times the
   * default interval of readings.
   */
  private static final double STALE_SECONDS = 60;

  static Features of(History history, double age) {
    var values = new EnumMap<Feature, Double>(Feature.class);
    var frame = history.frame();
    double window = frame.windowSeconds();
    double from = frame.trendStart(age);

    var collections = history.series(Signal.POST_GC_LIVE_HEAP).between(from, age);
    if (history.saw(Signal.POST_GC_LIVE_HEAP) || history.saw(Signal.COLLECTIONS)) {
      values.put(Feature.COLLECTIONS, (double) collections.samples());
    }
    var liveHeap = Trend.of(collections, window);
    liveHeap.ifPresent(
        trend -> {
          putLiveHeap(values, trend, frame);
          putNewHigh(values, Feature.LIVE_HEAP_NEW_HIGH, history, age);
        });

    var anonymous = latest(history, Signal.ANONYMOUS_MEMORY, age);
    var anonymousTrend =
        anonymous == null
            ? Optional.<Trend>empty()
            : Trend.of(history.series(Signal.ANONYMOUS_MEMORY).between(from, age), window);
    anonymousTrend.ifPresent(
        trend -> {
          putAnonymous(values, trend, history);
          putNewHigh(values, Feature.ANONYMOUS_NEW_HIGH, history, age);
        });
    var limit = latest(history, Signal.MEMORY_LIMIT, age);
    var heapLimit = latest(history, Signal.HEAP_LIMIT, age);
    if (heapLimit != null) {
      values.put(Feature.HEAP_LIMIT, heapLimit);
    }
    if (anonymous != null) {
      values.put(Feature.ANONYMOUS_MEMORY, anonymous);
    }
    liveHeap.ifPresent(
        trend ->
            values.put(Feature.LIVE_HEAP_SHARE, share(trend.line().at(trend.to()), anonymous)));
    if (limit != null) {
      values.put(Feature.MEMORY_LIMIT, limit);
    }
    if (anonymous != null && limit != null && limit > 0) {
      values.put(Feature.MEMORY_USED_RATIO, anonymous / limit);
    }

    putRate(values, Feature.GC_RATE, history.series(Signal.COLLECTIONS), window, age);
    double since = liveHeap.filter(Trend::began).map(Trend::from).orElse(from);
    Cadence.put(values, history, since, age);
    putRate(values, Feature.AVG_PAUSE_RATIO, history.series(Signal.GC_PAUSE_TIME), window, age);
    putLevel(values, Feature.METASPACE, Feature.METASPACE_GROWTH_RATE, history, age);
    putGained(values, Feature.METASPACE_GAINED, history, age);
    var metaspace = history.series(Signal.METASPACE).between(age - window, age);
    if (metaspace.span() > 0) {
      double gained = metaspace.lastValue() - metaspace.value(0);
      values.put(Feature.METASPACE_LEAK_SCORE, gained / metaspace.span());
    }
    putLevel(values, Feature.THREADS, Feature.THREAD_GROWTH_RATE, history, age);
    putGained(values, Feature.THREADS_GAINED, history, age);
    putLevel(values, Feature.LOADED_CLASSES, Feature.LOADED_CLASS_GROWTH_RATE, history, age);
    putLevel(values, Feature.DIRECT_MEMORY, Feature.DIRECT_MEMORY_GROWTH_RATE, history, age);
    putGained(values, Feature.DIRECT_MEMORY_GAINED, history, age);
    putRequests(values, history, age);
    liveHeap
        .or(() -> anonymousTrend)
        .ifPresent(trend -> putGrowthPerRequest(values, trend, history.series(Signal.REQUESTS)));
    putRate(values, Feature.PAGE_FAULT_RATE, history.series(Signal.PAGE_FAULTS), window, age);
    var goroutines = GoFeatures.put(values, history, age);
    putLatest(values, Feature.FILE_MEMORY, history, age);
    putLevel(values, Feature.SHARED_MEMORY, Feature.SHARED_MEMORY_GROWTH_RATE, history, age);
    putLevel(values, Feature.KERNEL_MEMORY, Feature.KERNEL_MEMORY_GROWTH_RATE, history, age);
    putGained(values, Feature.KERNEL_MEMORY_GAINED, history, age);
    putLevel(values, Feature.OPEN_FILES, Feature.OPEN_FILES_GROWTH_RATE, history, age);
    putGained(values, Feature.OPEN_FILES_GAINED, history, age);
    putLatest(values, Feature.OS_THREADS, history, age);

    var map = MapTrend.fastest(history.maps(), frame, age);
    map.ifPresent(
        trend -> {
          values.put(Feature.MAP_ENTRIES, trend.entries());
          values.put(Feature.MAP_GROWTH_RATE, trend.perSecond());
          values.put(Feature.MAP_GROWTH, trend.growth());
        });
    var javaClass = ClassTrend.fastest(history.classes(), frame, age);
    javaClass.ifPresent(
        trend -> {
          values.put(Feature.CLASS_INSTANCES, trend.instances());
          values.put(Feature.CLASS_GROWTH_RATE, trend.perSecond());
          values.put(Feature.CLASS_GROWTH, trend.growth());
        });
    return new Features(
        Collections.unmodifiableMap(values),
        liveHeap.map(trend -> trend.toGrowth(frame)),
        anonymousTrend.map(trend -> trend.toGrowth(frame)),
        goroutines.filter(Trend::began).map(trend -> frame.at(trend.from())),
        map,
        javaClass);
  }

  public Optional<Double> value(Feature feature) {
    return Optional.ofNullable(values.get(feature));
  }

  private static double share(double part, @Nullable Double whole) {
    return whole == null || whole <= 0 ? 0 : part / whole;
  }

  private static void putLiveHeap(Map<Feature, Double> values, Trend trend, Frame frame) {
    values.put(Feature.LIVE_HEAP_SLOPE, trend.line().slope());
    values.put(Feature.LIVE_HEAP_SLOPE_LOW, trend.line().low());
    values.put(Feature.LIVE_HEAP_SLOPE_HIGH, trend.line().high());
    values.put(Feature.LIVE_HEAP_TREND_Z, trend.line().test().z());
    values.put(Feature.LIVE_HEAP, trend.line().at(trend.to()));
    values.put(Feature.LIVE_HEAP_RISE, trend.rise());
    values.put(Feature.LIVE_HEAP_GROWTH, trend.growth(trend.line().slope()));
    values.put(Feature.LIVE_HEAP_GROWTH_HIGH, trend.growth(trend.line().high()));
    values.put(Feature.LIVE_HEAP_STEADINESS, trend.pace().steadiness());
    values.put(Feature.LIVE_HEAP_LATEST_PACE, trend.pace().latest());
    values.put(Feature.LIVE_HEAP_LATE_PACE, trend.halves().latePace());
    values.put(Feature.LIVE_HEAP_LATE_SLOPE_LOW, trend.halves().lateLow());
    values.put(Feature.LIVE_HEAP_GAP, trend.halves().gap());
    values.put(Feature.LIVE_HEAP_LASTED, trend.span() / frame.horizonSeconds());
  }

  private static void putAnonymous(Map<Feature, Double> values, Trend trend, History history) {
    var frame = history.frame();
    values.put(Feature.ANONYMOUS_SLOPE, trend.line().slope());
    values.put(Feature.ANONYMOUS_SLOPE_LOW, trend.line().low());
    values.put(Feature.ANONYMOUS_SLOPE_HIGH, trend.line().high());
    values.put(Feature.ANONYMOUS_TREND_Z, trend.line().test().z());
    values.put(Feature.ANONYMOUS_RISE, trend.rise());
    values.put(Feature.ANONYMOUS_GROWTH, trend.growth(trend.line().slope()));
    values.put(Feature.ANONYMOUS_STEADINESS, trend.pace().steadiness());
    values.put(Feature.ANONYMOUS_LATEST_PACE, trend.pace().latest());
    values.put(Feature.ANONYMOUS_LATE_PACE, trend.halves().latePace());
    values.put(Feature.ANONYMOUS_LATE_SLOPE_LOW, trend.halves().lateLow());
    values.put(Feature.ANONYMOUS_GAP, trend.halves().gap());
    values.put(Feature.ANONYMOUS_LASTED, trend.span() / frame.horizonSeconds());
    var meanwhile = history.series(Signal.POST_GC_LIVE_HEAP).between(trend.from(), trend.to());
    Trend.slope(meanwhile, frame.windowSeconds())
        .ifPresent(slope -> values.put(Feature.LIVE_HEAP_RISE_MEANWHILE, slope * trend.span()));
  }

  private static void putNewHigh(
      Map<Feature, Double> values, Feature newHigh, History history, double age) {
    var all = history.series(newHigh.signal()).between(history.frame().trendStart(0), age);
    values.put(newHigh, Ebb.of(all).newHigh());
  }

  private static void putLevel(
      Map<Feature, Double> values, Feature level, Feature slope, History history, double age) {
    var latest = latest(history, level.signal(), age);
    if (latest == null) {
      return;
    }
    values.put(level, latest);
    var frame = history.frame();
    Trend.slope(
            history.series(level.signal()).between(frame.trendStart(age), age),
            frame.windowSeconds())
        .ifPresent(perSecond -> values.put(slope, perSecond));
  }

  private static void putGained(
      Map<Feature, Double> values, Feature gained, History history, double age) {
    var frame = history.frame();
    var series = history.series(gained.signal()).between(frame.trendStart(age), age);
    if (Trend.isLongEnough(series, frame.windowSeconds())) {
      var all = history.series(gained.signal()).between(frame.trendStart(0), age);
      values.put(gained, Ebb.of(all).isNewHigh() ? Pace.gained(series) : 0.0);
    }
  }

  private static void putLatest(
      Map<Feature, Double> values, Feature level, History history, double age) {
    var latest = latest(history, level.signal(), age);
    if (latest != null) {
      values.put(level, latest);
    }
  }

  /** Null where nothing was sampled lately. */
  static @Nullable Double latest(History history, Signal signal, double age) {
    double oldest = age - history.frame().windowSeconds() - STALE_SECONDS;
    var readings = history.series(signal).between(oldest, age);
    return readings.isEmpty() ? null : readings.lastValue();
  }

  /** Times and counts are of the same answers, so that one divides the other. */
  private static void putRequests(Map<Feature, Double> values, History history, double age) {
    double window = history.frame().windowSeconds();
    var requests = history.series(Signal.REQUESTS);
    putRate(values, Feature.REQUEST_RATE, requests, window, age);
    double count = increase(requests.between(age - window, age));
    var times = history.series(Signal.REQUEST_TIME).between(age - window, age);
    if (count > 0 && times.span() > 0) {
      values.put(Feature.REQUEST_TIME, increase(times) / count);
    }
    var failed = history.series(Signal.FAILED_REQUESTS).between(age - window, age);
    if (count > 0 && failed.span() > 0) {
      values.put(Feature.SUCCESS_RATE, Math.max(0, 1 - increase(failed) / count));
    }
  }

  private static void putGrowthPerRequest(
      Map<Feature, Double> values, Trend trend, Series requests) {
    var meanwhile = requests.between(trend.from(), trend.to());
    double count = increase(meanwhile);
    if (count > 0) {
      values.put(Feature.GROWTH_PER_REQUEST, trend.line().slope() * meanwhile.span() / count);
    }
  }

  /** Increase per second over the window. */
  private static void putRate(
      Map<Feature, Double> values, Feature feature, Series counter, double window, double age) {
    var readings = counter.between(age - window, age);
    if (readings.span() > 0) {
      values.put(feature, increase(readings) / readings.span());
    }
  }

  /**
   * From the first reading to the last. A counter that fell was reset, by a new life of the agent
   * or of a process: what it counted since then is its increase.
   */
  static double increase(Series readings) {
    double increase = 0;
    for (int i = 1; i < readings.size(); i++) {
      double before = readings.value(i - 1);
      double now = readings.value(i);
      increase += now < before ? now : now - before;
    }
    return increase;
  }
}
