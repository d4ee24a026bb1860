package dev.heapwarden.probes.snapshot;

import dev.heapwarden.detection.sample.ContainerKey;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether a JVM may be asked for what it stands still for: by what is to be expected before the
 * first time, and by what was measured from then on.
 */
final class StallGuard {
  private final String what;
  private final Function<ContainerKey, PauseBounds> bounds;
  private final LongTimes<ContainerKey> stopped = new LongTimes<>();

  /**
   * For one kind of question.
   *
   * @param what it does, such as counting its heap
   * @param bounds as they are now: a pod may be isolated meanwhile
   */
  StallGuard(String what, Function<ContainerKey, PauseBounds> bounds) {
    this.what = what;
    this.bounds = bounds;
  }

  /** Why it is not asked; empty when it may be. */
  Optional<String> refusal(ContainerKey container, Duration forecast) {
    var before = stopped.of(container).filter(longest -> longest.compareTo(forecast) > 0);
    return bounds
        .apply(container)
        .refusal(before.isPresent() ? what + " again" : what, before.orElse(forecast));
  }

  /**
   * Takes for how long it stood still.
   *
   * @return whether it may be asked again
   */
  boolean allows(ContainerKey container, Duration measured) {
    stopped.remember(container, measured);
    return refusal(container, Duration.ZERO).isEmpty();
  }
}
