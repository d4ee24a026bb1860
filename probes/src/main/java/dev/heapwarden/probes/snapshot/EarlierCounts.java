package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.sample.ClassCount;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.TargetProcess.Identity;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The newest class counts of the JVMs that were counted last. What leaks in bursts grows from one
 * look to the next, and seldom within one.
 */
final class EarlierCounts {
  /** One has some hundred KiB, and 3 MiB at most. */
  private static final int JVMS = 8;

  /** What filled meanwhile would be taken for what leaks. */
  private static final Duration LONGEST = Duration.ofHours(1);

  private final Map<Identity, ClassCount> newest =
      new LinkedHashMap<>(JVMS, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Identity, ClassCount> eldest) {
          return size() > JVMS;
        }
      };

  synchronized void remember(TargetProcess process, ClassCount count) {
    newest.put(process.identity(), count);
  }

  synchronized Optional<ClassCount> of(TargetProcess process, Instant now) {
    return Optional.ofNullable(newest.get(process.identity()))
        .filter(count -> count.at().plus(LONGEST).isAfter(now));
  }
}
