package dev.heapwarden.detection.feature;

import dev.heapwarden.detection.verdict.Growth;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How a level moved over a span, or since it began to rise in it.
 *
 * @param points that it rests on, before down-sampling
 * @param from age in seconds at the first point
 * @param to age in seconds at the last point
 * @param pace over the quarters of the span
 * @param halves of the span
 * @param began true where it stood still until then
 */
record Trend(
    TheilSen line, int points, double from, double to, Pace pace, Halves halves, boolean began) {
  /**
   * A trend outlasts one window by half of it, so that one burst that fills a window is never a
   * trend.
   */
  private static final double MIN_SPAN_WINDOWS = 1.5;

  /**
   * Pairs grow with the square of the points: 48 medians make 1,128. They also take the correlation
   * out of points that lie close together.
   */
  private static final int MAX_POINTS = 48;

  /** Empty where there are too few points, or too short a span, to say anything. */
  static Optional<Trend> of(Series series, double windowSeconds) {
    if (!isLongEnough(series, windowSeconds)) {
      return Optional.empty();
    }
    var whole = of(series, false);
    if (whole.pace.steadiness() >= Pace.KEEPS_RISING) {
      return Optional.of(whole);
    }
    var onset = Onset.of(series.downSampled(MAX_POINTS), whole.line);
    return onset.isPresent()
        ? Optional.of(series.between(onset.getAsDouble(), series.lastAge()))
            .filter(since -> isLongEnough(since, windowSeconds))
            .map(since -> of(since, true))
            .or(() -> Optional.of(whole))
        : Optional.of(whole);
  }

  private static Trend of(Series series, boolean began) {
    var points = series.downSampled(MAX_POINTS);
    var line = TheilSen.of(points);
    return new Trend(
        line,
        series.samples(),
        series.age(0),
        series.lastAge(),
        Pace.of(series),
        Halves.of(points, line.slope()),
        began);
  }

  /** Its slope alone, per second, where nobody asks for more. */
  static OptionalDouble slope(Series series, double windowSeconds) {
    return isLongEnough(series, windowSeconds)
        ? OptionalDouble.of(TheilSen.slope(series.downSampled(MAX_POINTS)))
        : OptionalDouble.empty();
  }

  static boolean isLongEnough(Series series, double windowSeconds) {
    return series.size() >= Feature.TREND_POINTS
        && series.span() >= MIN_SPAN_WINDOWS * windowSeconds;
  }

  double span() {
    return to - from;
  }

  double rise() {
    return line.slope() * span();
  }

  /** Relative to the level at the start, which counts as one byte at least. */
  double growth(double slope) {
    return slope * span() / Math.max(line.at(from), 1);
  }

  Growth toGrowth(Frame frame) {
    return new Growth(
        line.slope(),
        line.low(),
        line.high(),
        line.at(to),
        points,
        Duration.ofMillis(Math.round(span() * 1000)),
        began ? frame.at(from) : null);
  }
}
