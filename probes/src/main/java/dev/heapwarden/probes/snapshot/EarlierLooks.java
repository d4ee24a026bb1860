package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.TargetProcess.Identity;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What was seen before of the processes that were looked at last. What leaks in bursts grows from
 * one look to the next, and seldom within one.
 */
final class EarlierLooks<T> {
  /** What filled meanwhile would be taken for what leaks. */
  private static final Duration LONGEST = Duration.ofHours(1);

  private final int each;
  private final Map<Identity, Deque<Look<T>>> byProcess;

  /**
   * What was seen.
   *
   * @param nanos of the clock that nobody sets, System.nanoTime
   */
  record Look<T>(long nanos, T seen) {
    static <T> Look<T> now(T seen) {
      return new Look<>(System.nanoTime(), seen);
    }

    Duration until(Look<?> later) {
      return Duration.ofNanos(later.nanos - nanos);
    }
  }

  /**
   * Bounds.
   *
   * @param processes that are remembered
   * @param each how many looks at one
   */
  EarlierLooks(int processes, int each) {
    this.each = each;
    byProcess =
        new LinkedHashMap<>(processes, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Identity, Deque<Look<T>>> eldest) {
            return size() > processes;
          }
        };
  }

  synchronized void remember(TargetProcess process, Look<T> look) {
    var looks = byProcess.computeIfAbsent(process.identity(), _ -> new ArrayDeque<>());
    looks.addLast(look);
    if (looks.size() > each) {
      looks.removeFirst();
    }
  }

  /** The oldest that is not too old for this one. */
  synchronized Optional<Look<T>> before(TargetProcess process, Look<?> look) {
    return byProcess.getOrDefault(process.identity(), new ArrayDeque<>()).stream()
        .filter(earlier -> earlier.until(look).compareTo(LONGEST) < 0)
        .findFirst();
  }
}
