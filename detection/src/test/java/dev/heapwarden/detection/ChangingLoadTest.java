package dev.heapwarden.detection;

import static dev.heapwarden.detection.SimulatedContainer.DEFAULTS;
import static dev.heapwarden.detection.SimulatedContainer.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.verdict.Verdict;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A day of load that goes where it likes, up and down, at once or within an hour and a half. */
class ChangingLoadTest {
  private static final double HOUR = 3600;
  private static final double DAY = 24 * HOUR;

  /**
   * Days of load. Of three of them it rises for hours in several steps: without its requests or
   * what it allocates that is told from no leak.
   */
  private static final int DAYS = 50;

  @Test
  void isHardlyEverTakenForALeak() {
    long confirmed = days().filter(day -> isConfirmed(program(day, load(day)))).count();

    assertThat(confirmed).isLessThanOrEqualTo(3);
  }

  @Test
  void hidesNoLeakThatGainsMoreInADayThanItTakesItself() {
    assertThat(days())
        .allSatisfy(
            day -> {
              var load = load(day);
              var leak = program(day, age -> load.applyAsDouble(age) + 10 * age / HOUR);
              assertThat(isConfirmed(leak)).as("day %d", day).isTrue();
            });
  }

  private static Stream<Integer> days() {
    return IntStream.range(0, DAYS).boxed();
  }

  private static boolean isConfirmed(SimulatedContainer program) {
    return IntStream.range(3, 72)
        .mapToObj(third -> program.verdict(DEFAULTS, third * HOUR / 3))
        .anyMatch(Verdict.Confirmed.class::isInstance);
  }

  private static SimulatedContainer program(int seed, DoubleUnaryOperator mib) {
    return new SimulatedContainer(seed, DAY)
        .liveHeap(40, seed % 2 == 0 ? 0.02 : 0.1, age -> mib.applyAsDouble(age) * MIB)
        .cgroup(30, 0.01, age -> (50 + 2 * mib.applyAsDouble(age)) * MIB, 4096 * MIB);
  }

  /** Between 20 and 120 MiB, in straight lines from time to time. */
  private static DoubleUnaryOperator load(int seed) {
    var random = new SplittableRandom(seed);
    var levels = new TreeMap<Double, Double>();
    levels.put(0.0, 20 + 100 * random.nextDouble());
    for (double age = 2 * HOUR; levels.lastKey() <= DAY; ) {
      age += random.nextDouble(5 * HOUR);
      levels.put(age, levels.lastEntry().getValue());
      age += random.nextDouble(1.4 * HOUR);
      levels.put(age, 20 + 100 * random.nextDouble());
    }
    return age -> {
      var from = levels.floorEntry(age);
      var to = levels.higherEntry(age);
      double share = (age - from.getKey()) / (to.getKey() - from.getKey());
      return from.getValue() + share * (to.getValue() - from.getValue());
    };
  }
}
