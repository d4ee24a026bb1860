package dev.heapwarden.probes.probe;

import java.util.Set;

/**
 * Which events of one program count, so that an event that both an old and its successor see counts
 * once: the successor's from the cut-over on, and earlier only those of processes that the old one
 * did not watch. Times are nanoseconds of CLOCK_MONOTONIC; a cut-over is the end of a time slot.
 *
 * @param from cut-over from the predecessor
 * @param until cut-over to the successor
 * @param heldBefore processes that the predecessor watches
 */
record Claim(long from, long until, Set<Long> heldBefore) {
  Claim {
    heldBefore = Set.copyOf(heldBefore);
  }

  /** Everything: there was no predecessor. */
  static Claim whole() {
    return new Claim(Long.MIN_VALUE, Long.MAX_VALUE, Set.of());
  }

  static Claim after(long cutOver, Set<Long> heldBefore) {
    return new Claim(cutOver, Long.MAX_VALUE, heldBefore);
  }

  Claim endingAt(long cutOver) {
    return new Claim(from, cutOver, heldBefore);
  }

  /** Whether an event at that time counts. */
  boolean takes(long pid, long nanos) {
    return nanos < until && (nanos >= from || !heldBefore.contains(pid));
  }
}
