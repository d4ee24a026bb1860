package dev.heapwarden.detection.feature;

import dev.heapwarden.detection.sample.MapInstance;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How one map grew, by its entries whenever it made room for more. Go's maps speak only then: up to
 * 1.23 once per doubling, since 1.24 at 8, 14, 28 ... 448 entries and then at each split of a table
 * of 1,024 slots, which come in clusters, as all tables fill at about the same time. So a map that
 * grows for ever may be silent until it has doubled.
 *
 * @param entries at the latest growth
 * @param perSecond entries gained per second; 0 for a map that does not keep growing
 * @param growth gained since the first growth that counts, relative to the entries then; 0 for a
 *     map that does not keep growing
 */
public record MapTrend(MapInstance map, double entries, double perSecond, double growth) {
  /**
   * A map that grows at an even rate grows again by the time it has doubled; a quarter more for an
   * uneven one. One that is silent for longer has stopped.
   */
  private static final double PATIENCE = 1.25;

  /** Below half of the entries before, it was cleared, or another map got its address. */
  private static final double NEW_LIFE = 0.5;

  /**
   * Entries at growths of a map that keeps growing only rise; a map with as many deletes as inserts
   * makes room at sizes that go up and down.
   */
  private static final double RISING_SHARE = 0.75;

  /** A map built within a fraction of a window is made for one task. */
  private static final double MIN_SPAN_WINDOWS = 0.1;

  /** The fastest growing of the maps, else the one with most entries; empty without any. */
  static Optional<MapTrend> fastest(List<MapSeries> maps, Frame frame, double age) {
    return maps.stream()
        .map(
            series ->
                of(
                    series.map(),
                    series.growths().between(frame.trendStart(age), age),
                    frame.windowSeconds(),
                    age))
        .flatMap(Optional::stream)
        .max(
            Comparator.comparingDouble(MapTrend::perSecond)
                .thenComparingDouble(MapTrend::entries)
                .thenComparing(trend -> trend.map().address()));
  }

  private static Optional<MapTrend> of(
      MapInstance map, Series growths, double windowSeconds, double age) {
    if (growths.isEmpty()) {
      return Optional.empty();
    }
    var life = sinceItWasLastEmptied(growths);
    double first = life.value(0);
    double last = life.lastValue();
    double rate = (last - first) / life.span();
    boolean keepsGrowing =
        life.span() >= MIN_SPAN_WINDOWS * windowSeconds
            && last > first
            && life.risingShare() >= RISING_SHARE
            && age - life.lastAge() <= PATIENCE * last / rate;
    return Optional.of(
        keepsGrowing
            ? new MapTrend(map, last, rate, (last - first) / Math.max(first, 1))
            : new MapTrend(map, last, 0, 0));
  }

  private static Series sinceItWasLastEmptied(Series growths) {
    int from = 0;
    for (int i = 1; i < growths.size(); i++) {
      if (growths.value(i) < NEW_LIFE * growths.value(i - 1)) {
        from = i;
      }
    }
    return growths.slice(from, growths.size());
  }
}
