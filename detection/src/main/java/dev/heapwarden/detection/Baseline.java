package dev.heapwarden.detection;

import dev.heapwarden.detection.verdict.Growth;
import java.time.Duration;
import java.util.Optional;

/**
 * How others grew when they were as old as the container that is judged.
 *
 * @param bytesPerSecond of the one that grew fastest
 * @param suspected whether one of them was suspected at least
 * @param levelAt age at which all of them had stopped growing for good; empty where none became as
 *     old, or one still grew
 */
public record Baseline(double bytesPerSecond, boolean suspected, Optional<Duration> levelAt) {
  /** Of the growth, what counts as the same: load is never quite alike. */
  private static final double AS_FAST = 0.8;

  /** Of the growth, what counts as none beside it. */
  private static final double NONE = 0.2;

  boolean grewAsFast(Growth growth) {
    return bytesPerSecond >= AS_FAST * growth.bytesPerSecond();
  }

  boolean didNotGrow(Growth growth) {
    return !suspected && bytesPerSecond <= NONE * growth.bytesPerSecond();
  }

  /** What grows now did so there as well, and stopped by itself. */
  boolean filled(Growth growth) {
    return suspected && levelAt.isPresent() && grewAsFast(growth);
  }
}
