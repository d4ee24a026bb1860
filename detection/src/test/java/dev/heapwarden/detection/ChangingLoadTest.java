package dev.heapwarden.detection;

import static dev.heapwarden.detection.SimulatedContainer.DEFAULTS;
import static dev.heapwarden.detection.SimulatedContainer.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
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

  /** Files, sockets and what the kernel keeps for them: no heap says that they come and go. */
  @Test
  void ofConnectionsIsSeldomTakenForALeak() {
    long confirmed = days().filter(day -> isNativeConfirmed(server(day, load(day)))).count();

    assertThat(confirmed).isLessThanOrEqualTo(5);
  }

  @Test
  void hidesNoConnectionsThatAreKept() {
    assertThat(days().limit(10))
        .allSatisfy(
            day -> {
              var load = load(day);
              var leak = server(day, age -> load.applyAsDouble(age) + 10 * age / HOUR);
              assertThat(isNativeConfirmed(leak)).as("day %d", day).isTrue();
            });
  }

  /** Pages that are given back and touched again are page faults each time. */
  @Test
  void ofMemoryThatIsGivenBackIsHardlyEverTakenForALeak() {
    long confirmed =
        days()
            .map(
                day ->
                    new SimulatedContainer(day, DAY)
                        .reading(15, Origin.CGROUP, Signal.PAGE_FAULTS, rises(load(day)))
                        .cgroup(
                            30,
                            0.005,
                            age -> (50 + load(day).applyAsDouble(age)) * MIB,
                            4096 * MIB))
            .filter(ChangingLoadTest::isNativeConfirmed)
            .count();

    assertThat(confirmed).isLessThanOrEqualTo(1);
  }

  private static boolean isNativeConfirmed(SimulatedContainer program) {
    return IntStream.range(3, 72)
        .mapToObj(third -> program.nativeVerdict(DEFAULTS, third * HOUR / 3))
        .anyMatch(Verdict.Confirmed.class::isInstance);
  }

  private static SimulatedContainer server(int seed, DoubleUnaryOperator load) {
    return new SimulatedContainer(seed, DAY)
        .reading(
            15, Origin.CGROUP, Signal.KERNEL_MEMORY, age -> (5 + load.applyAsDouble(age)) * MIB)
        .reading(
            15,
            Origin.CGROUP,
            Signal.OPEN_FILES,
            age -> Math.round(30 + 10 * load.applyAsDouble(age)))
        .reading(
            15, Origin.CGROUP, Signal.SHARED_MEMORY, age -> (5 + load.applyAsDouble(age)) * MIB)
        .cgroup(30, 0.01, age -> (50 + 2 * load.applyAsDouble(age)) * MIB, 4096 * MIB);
  }

  /** Pages of all the rises until then. */
  private static DoubleUnaryOperator rises(DoubleUnaryOperator mib) {
    var pages = new double[(int) (DAY / 15) + 1];
    for (int i = 1; i < pages.length; i++) {
      double rise = mib.applyAsDouble(i * 15) - mib.applyAsDouble((i - 1) * 15);
      pages[i] = pages[i - 1] + 256 * Math.max(0, rise);
    }
    return age -> pages[(int) (age / 15)];
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
