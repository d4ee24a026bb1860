package dev.heapwarden.detection.feature;

import dev.heapwarden.detection.sample.JavaClass;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How one class of the application grew, by its instances at each count. It takes two looks of
 * three counts each, which together outlast a window: a cache may fill while it is looked at once.
 *
 * @param instances at the latest count
 * @param perSecond instances gained per second; 0 for a class that does not keep growing
 * @param growth gained since the first count, relative to it; 0 for a class that does not keep
 *     growing
 */
public record ClassTrend(JavaClass javaClass, double instances, double perSecond, double growth) {
  /** One look counts three times. */
  private static final int LOOK = 3;

  /** Fewer looks say nothing. */
  private static final int MIN_LOOKS = 2;

  /** Two looks in quick succession are no more than one. */
  private static final double MIN_SPAN_WINDOWS = 1;

  /** Counts of a class that keeps growing only rise; one of requests in flight goes up and down. */
  private static final double RISING_SHARE = 0.75;

  /**
   * Of the mean pace, what both the first look and the latest must show: a cache that filled
   * between them rose in neither, or no longer.
   */
  private static final double STEADINESS = 0.25;

  /** A count older than this many windows says nothing of now. */
  private static final double STALE_WINDOWS = 4;

  /**
   * The class that gains most bytes, else the one that holds most; empty where none was counted in
   * looks enough, or lately.
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
    var counts = looks(series.counts(), frame.trendStart(age), age);
    if (counts.size() < MIN_LOOKS * LOOK
        || counts.span() < MIN_SPAN_WINDOWS * frame.windowSeconds()
        || age - counts.lastAge() > STALE_WINDOWS * frame.windowSeconds()) {
      return Optional.empty();
    }
    double first = counts.value(0);
    double last = counts.lastValue();
    double perSecond = pace(counts);
    boolean keepsGrowing =
        perSecond > 0
            && counts.risingShare() >= RISING_SHARE
            && pace(counts.slice(0, LOOK)) >= STEADINESS * perSecond
            && pace(counts.slice(counts.size() - LOOK, counts.size())) >= STEADINESS * perSecond;
    return Optional.of(
        keepsGrowing
            ? new ClassTrend(
                series.javaClass(), last, perSecond, (last - first) / Math.max(first, 1))
            : new ClassTrend(series.javaClass(), last, 0, 0));
  }

  /**
   * The looks that lie between two ages as a whole: what is left of one has another pace. A look is
   * told at once, so only the first can have lost counts before it came here.
   */
  private static Series looks(Series counts, double from, double to) {
    int first = counts.size() % LOOK;
    while (first < counts.size() && counts.age(first) < from) {
      first += LOOK;
    }
    int end = first;
    while (end < counts.size() && counts.age(end + LOOK - 1) <= to) {
      end += LOOK;
    }
    return counts.slice(first, end);
  }

  private static double pace(Series counts) {
    return (counts.lastValue() - counts.value(0)) / counts.span();
  }
}
