package dev.heapwarden.detection.verdict;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A robust slope with its 95 % confidence interval.
 *
 * @param bytesPerSecond Theil-Sen slope
 * @param low lower end of the interval, bytes per second
 * @param high upper end of the interval, bytes per second
 * @param level the fitted value at the end of the span, bytes
 * @param points that the slope rests on, collections where the signal has them
 * @param span from the first point to the last
 * @param since when it began, after a time without; null where no such time was seen
 */
public record Growth(
    double bytesPerSecond,
    double low,
    double high,
    double level,
    int points,
    Duration span,
    @Nullable Instant since) {
  /** One that was seen from its first point on. */
  public Growth(
      double bytesPerSecond, double low, double high, double level, int points, Duration span) {
    this(bytesPerSecond, low, high, level, points, span, null);
  }
}
