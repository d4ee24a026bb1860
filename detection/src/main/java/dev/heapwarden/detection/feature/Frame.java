package dev.heapwarden.detection.feature;

import java.time.Duration;
import java.time.Instant;

/**
 * Where features look. Points before the end of warm-up never count: caches fill and pools grow
 * while a program starts.
 *
 * @param startedAt start of the container
 * @param warmUp age from which points count
 * @param window of rates, positive
 * @param trendHorizon how far back trends look
 */
public record Frame(Instant startedAt, Duration warmUp, Duration window, Duration trendHorizon) {
  double windowSeconds() {
    return seconds(window);
  }

  double horizonSeconds() {
    return seconds(trendHorizon);
  }

  /**
   * Age of the container in seconds from which the trend asked for at {@code age} counts points.
   */
  double trendStart(double age) {
    return Math.max(seconds(warmUp), age - seconds(trendHorizon));
  }

  double age(Instant at) {
    return seconds(Duration.between(startedAt, at));
  }

  /** When the container was that old. */
  Instant at(double age) {
    return startedAt.plusMillis(Math.round(age * 1000));
  }

  double age(long millis) {
    return age(Instant.ofEpochMilli(millis));
  }

  private static double seconds(Duration duration) {
    return duration.getSeconds() + duration.getNano() / 1e9;
  }
}
