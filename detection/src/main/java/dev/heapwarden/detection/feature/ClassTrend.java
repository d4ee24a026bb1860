package dev.heapwarden.detection.feature;

import dev.heapwarden.detection.sample.JavaClass;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How one class of the application grew, by its instances at each count.
 *
 * @param instances at the latest count
 * @param perSecond instances gained per second; 0 for a class that does not keep growing
 * @param growth gained since the first count, relative to it; 0 for a class that does not keep
 *     growing
 */
public record ClassTrend(JavaClass javaClass, double instances, double perSecond, double growth) {
  /** One look counts three times. */
  private static final int MIN_COUNTS = 3;

  /** Counts of a class that keeps growing only rise; one of requests in flight goes up and down. */
  private static final double RISING_SHARE = 0.75;

  /** A count older than this many windows says nothing of now. */
  private static final double STALE_WINDOWS = 4;

  /**
   * The class that gains most bytes, else the one that holds most; empty where none was counted
   * often enough, or lately.
   */
  static Optional<ClassTrend> fastest(List<ClassSeries> classes, Frame frame, double age) {
    return classes.stream()
        .map(series -> of(series, frame, age))
        .flatMap(Optional::stream)
        .max(
            Comparator.comparingDouble(
                    (ClassTrend trend) -> trend.perSecond * trend.javaClass.instanceBytes())
                .thenComparingDouble(trend -> trend.instances * trend.javaClass.instanceBytes())
                .thenComparing(trend -> trend.javaClass.name()));
  }

  private static Optional<ClassTrend> of(ClassSeries series, Frame frame, double age) {
    var counts = series.counts().between(frame.trendStart(age), age);
    if (counts.size() < MIN_COUNTS
        || age - counts.lastAge() > STALE_WINDOWS * frame.windowSeconds()) {
      return Optional.empty();
    }
    double first = counts.value(0);
    double last = counts.lastValue();
    boolean keepsGrowing = last > first && counts.risingShare() >= RISING_SHARE;
    return Optional.of(
        keepsGrowing
            ? new ClassTrend(
                series.javaClass(),
                last,
                (last - first) / counts.span(),
                (last - first) / Math.max(first, 1))
            : new ClassTrend(series.javaClass(), last, 0, 0));
  }
}
