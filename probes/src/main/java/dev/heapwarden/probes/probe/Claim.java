package dev.heapwarden.probes.probe;

import dev.heapwarden.probes.cost.Cause;
import java.util.Map;
import java.util.Set;

/**
 * Which events of one program count, so that an event that both an old and its successor see counts
 * once: the successor's from the cut-over on, and earlier only those that no probe of the old one
 * tells. Times are nanoseconds of CLOCK_MONOTONIC; a cut-over is the end of a time slot.
 *
 * @param from cut-over from the predecessor
 * @param until cut-over to the successor
 * @param heldBefore pids that each probe of the predecessor watches
 */
record Claim(long from, long until, Map<Cause, Set<Long>> heldBefore) {
  Claim {
    heldBefore = Map.copyOf(heldBefore);
  }

  /** Everything: there was no predecessor. */
  static Claim whole() {
    return new Claim(Long.MIN_VALUE, Long.MAX_VALUE, Map.of());
  }

  static Claim after(long cutOver, Map<Cause, Set<Long>> heldBefore) {
    return new Claim(cutOver, Long.MAX_VALUE, heldBefore);
  }

  Claim endingAt(long cutOver) {
    return new Claim(from, cutOver, heldBefore);
  }

  /** Whether what a probe tells of a process at that time counts. */
  boolean takes(Cause probe, long pid, long nanos) {
    return nanos < until
        && (nanos >= from || !heldBefore.getOrDefault(probe, Set.of()).contains(pid));
  }
}
