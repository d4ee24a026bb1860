package dev.heapwarden.operator.evaluate;

import dev.heapwarden.detection.Baseline;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * How the containers of one revision grew at each age, four ages to a doubling, in half a kilobyte.
 */
final class GrowthByAge {
  private static final int PER_DOUBLING = 4;

  /** 194 days; what is older counts as that old. */
  private static final int AGES = 24 * PER_DOUBLING;

  private enum Seen {
    NOTHING,
    HEALTHY,
    SUSPECTED
  }

  private final float[] bytesPerSecond = new float[AGES];
  private final Seen[] seen = new Seen[AGES];
  private Instant begun;

  GrowthByAge(Instant begun) {
    this.begun = begun;
    Arrays.fill(seen, Seen.NOTHING);
  }

  /** Which of the ages that is. */
  static int step(Duration age) {
    double doublings = Math.log((double) Math.max(1, age.toSeconds())) / Math.log(2);
    return Math.min((int) (PER_DOUBLING * doublings), AGES - 1);
  }

  /** When the first container of the revision that is known was started. */
  Instant begun() {
    return begun;
  }

  void startedAt(Instant instant) {
    begun = instant.isBefore(begun) ? instant : begun;
  }

  /** The fastest of an age counts, and the one that was suspected. */
  void add(Duration age, double growth, boolean suspected) {
    int step = step(age);
    bytesPerSecond[step] =
        seen[step] == Seen.NOTHING
            ? (float) growth
            : Math.max(bytesPerSecond[step], (float) growth);
    if (seen[step] != Seen.SUSPECTED) {
      seen[step] = suspected ? Seen.SUSPECTED : Seen.HEALTHY;
    }
  }

  /** Empty where none was judged at that age. */
  Optional<Baseline> at(Duration age) {
    int step = step(age);
    return seen[step] == Seen.NOTHING
        ? Optional.empty()
        : Optional.of(new Baseline(bytesPerSecond[step], seen[step] == Seen.SUSPECTED));
  }
}
