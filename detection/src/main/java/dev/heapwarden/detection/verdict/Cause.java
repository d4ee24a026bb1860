package dev.heapwarden.detection.verdict;

/** Class of a leak. Unknown is better than wrong. */
public enum Cause {
  /** One map instance keeps growing. */
  MAP_GROWTH,
  /** Instances of one class keep growing in number. */
  CLASS_GROWTH,
  /** Goroutines are started and do not end. */
  GOROUTINE_GROWTH,
  /** What one function allocates natively is not given back. */
  NATIVE_GROWTH,
  UNKNOWN
}
