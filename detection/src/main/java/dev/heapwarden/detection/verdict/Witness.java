package dev.heapwarden.detection.verdict;

/**
 * One independent measurement that speaks for or against a leak.
 *
 * @param message its figures, for people
 */
public record Witness(Kind kind, Stance stance, String message) {
  public enum Kind {
    POST_GC_LIVE_HEAP,
    ANONYMOUS_MEMORY,
    MAP_GROWTH,
    CLASS_GROWTH,
    GOROUTINES
  }

  public enum Stance {
    SUPPORTS,
    CONTRADICTS,
    /** It was measured and does not say. */
    NEUTRAL
  }
}
