package dev.heapwarden.probes.snapshot;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * For how long something took at most whenever it was done. The latest are remembered, more than a
 * node runs.
 */
final class LongTimes<K> {
  private static final int REMEMBERED = 1024;

  private final Map<K, Duration> times =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<K, Duration> eldest) {
          return size() > REMEMBERED;
        }
      };

  synchronized void remember(K whose, Duration time) {
    times.merge(whose, time, (before, now) -> before.compareTo(now) > 0 ? before : now);
  }

  /** Empty where it was never done. */
  synchronized Optional<Duration> of(K whose) {
    return Optional.ofNullable(times.get(whose));
  }
}
