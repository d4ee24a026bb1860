package dev.heapwarden.detection;

import static dev.heapwarden.detection.SimulatedContainer.DEFAULTS;
import static dev.heapwarden.detection.SimulatedContainer.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fills, and what follows the load, beside leaks of the same pace; with default windows. */
class LastingGrowthTest {
  private static final double MINUTE = 60;

  private static SimulatedContainer program(
      long seed, double minutes, double limit, DoubleUnaryOperator kept) {
    return new SimulatedContainer(seed, minutes * MINUTE)
        .liveHeap(10, 0.02, age -> (20 + kept.applyAsDouble(age)) * MIB)
        .cgroup(15, 0.01, age -> (45 + 2 * kept.applyAsDouble(age)) * MIB, limit * MIB)
        .swissMap("main.store", age -> 300 * kept.applyAsDouble(age));
  }

  @ParameterizedTest
  @ValueSource(doubles = {15, 20, 25})
  void aCacheThatFillsForMinutesIsSuspectedAndNeverConfirmed(double minutes) {
    var cache = program(1, 90, 2048, age -> Math.min(age, minutes * MINUTE) / 30);

    for (double age = 5 * MINUTE; age <= 90 * MINUTE; age += MINUTE) {
      assertThat(cache.verdict(DEFAULTS, age))
          .as("at %s min", age / MINUTE)
          .isNotInstanceOf(Verdict.Confirmed.class);
    }
    assertThat(cache.verdict(DEFAULTS, 14 * MINUTE).evidence().sentence())
        .contains("It has not lasted, or not evenly enough, to tell it from a cache that fills.");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aLeakOfThatPaceIsConfirmedOnceItHasOutlastedThem(long seed) {
    var leak = program(seed, 90, 2048, age -> age / 30);

    assertThat(leak.verdict(DEFAULTS, 14 * MINUTE)).isInstanceOf(Verdict.Suspected.class);
    for (double age = 32 * MINUTE; age <= 90 * MINUTE; age += 5 * MINUTE) {
      assertThat(leak.verdict(DEFAULTS, age))
          .as("at %s min", age / MINUTE)
          .isInstanceOf(Verdict.Confirmed.class);
    }
  }

  @Test
  void aLeakThatLeavesNoTimeToWaitIsConfirmedAtOnce() {
    var fast = program(1, 20, 512, age -> age / 5);

    assertThat(fast.verdict(DEFAULTS, 14 * MINUTE)).isInstanceOf(Verdict.Confirmed.class);
  }

  /** Not before the load has come twice, nor while it goes: then it looks like load that came. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aLeakUnderLoadThatComesAndGoesIsConfirmed(long seed) {
    DoubleUnaryOperator wave = age -> -9 * Math.cos(age / (23 * MINUTE) * 2 * Math.PI);
    var leak = program(seed, 60, 2048, age -> 10 + age / 60 + wave.applyAsDouble(age));

    boolean confirmed = false;
    for (double age = 30 * MINUTE; age <= 59 * MINUTE; age += MINUTE) {
      confirmed |= leak.verdict(DEFAULTS, age) instanceof Verdict.Confirmed;
    }
    assertThat(confirmed).isTrue();
  }

  @ParameterizedTest
  @ValueSource(doubles = {10, 20, 40, 60})
  void suchLoadAloneIsNotConfirmed(double period) {
    DoubleUnaryOperator wave = age -> 6 * Math.sin(age / (period * MINUTE) * 2 * Math.PI);
    var busy =
        new SimulatedContainer(1, 180 * MINUTE)
            .liveHeap(10, 0.02, age -> (28 + wave.applyAsDouble(age)) * MIB)
            .cgroup(15, 0.01, age -> (60 + 2 * wave.applyAsDouble(age)) * MIB, 2048 * MIB);

    for (double age = 5 * MINUTE; age <= 180 * MINUTE; age += 2 * MINUTE) {
      assertThat(busy.verdict(DEFAULTS, age))
          .as("at %s min", age / MINUTE)
          .isNotInstanceOf(Verdict.Confirmed.class);
    }
  }

  /** Allocation, and with it how often a heap of this size is collected, follows the load. */
  @Test
  void aHeapOfGoThatGrowsWithTheLoadIsNotConfirmed() {
    var ramp = new SimulatedContainer(1, 60 * MINUTE);
    int collections = 0;
    for (double age = 1; age < 60 * MINUTE; age += 20 / (1 + age / (20 * MINUTE))) {
      ramp.collected(age, (20 + age / 180) * MIB, ++collections);
    }
    ramp.cgroup(15, 0.01, age -> (45 + age / 90) * MIB, 2048 * MIB);

    for (double age = 20 * MINUTE; age <= 60 * MINUTE; age += MINUTE) {
      assertThat(ramp.verdict(DEFAULTS, age))
          .as("at %s min", age / MINUTE)
          .isNotInstanceOf(Verdict.Confirmed.class);
    }
  }

  /** It answers twice as much after an hour, and keeps twice as much meanwhile. */
  @Test
  void aHeapOfGoThatGrowsNoFasterThanWhatIsAllocatedIsNotConfirmed() {
    assertThat(twiceTheHeap(age -> age)).isInstanceOf(Verdict.Confirmed.class);
    assertThat(twiceTheHeap(age -> age + age * age / (60 * MINUTE)))
        .isInstanceOf(Verdict.Suspected.class);
  }

  private static Verdict twiceTheHeap(DoubleUnaryOperator allocated) {
    return new SimulatedContainer(1, 60 * MINUTE)
        .liveHeap(10, 0.01, age -> (20 + age / 180) * MIB)
        .anonymous(15, 0.005, age -> (45 + age / 90) * MIB)
        .reading(
            15, Origin.GO_MEMORY, Signal.ALLOCATED_BYTES, age -> MIB * allocated.applyAsDouble(age))
        .verdict(DEFAULTS, 60 * MINUTE);
  }

  /** The less room its limit leaves, the more often it collects, whatever the load. */
  @Test
  void aHeapOfGoThatNearsItsMemoryLimitIsConfirmed() {
    var leak = new SimulatedContainer(1, 60 * MINUTE);
    int collections = 0;
    for (double age = 1; age < 60 * MINUTE; age += Math.max(1, 20 - age / 200)) {
      leak.collected(age, (70 + age / 80) * MIB, ++collections);
    }
    leak.cgroup(15, 0.001, _ -> 120 * MIB, 128 * MIB).swissMap("main.store", age -> 10 * age);

    assertThat(leak.verdict(DEFAULTS, 40 * MINUTE)).isInstanceOf(Verdict.Confirmed.class);
  }

  /** A log of collections tells them, and does not count them. */
  @Test
  void aLeakIsConfirmedThoughNobodyCountsTheCollections() {
    var leak =
        new SimulatedContainer(1, 60 * MINUTE)
            .reading(15, Origin.GO_GCTRACE, Signal.POST_GC_LIVE_HEAP, age -> (20 + age / 30) * MIB)
            .anonymous(15, 0.01, age -> (45 + age / 15) * MIB);

    assertThat(leak.verdict(DEFAULTS, 60 * MINUTE)).isInstanceOf(Verdict.Confirmed.class);
  }

  @Test
  void whatTheProgramStillReachesIsHeldByTheApplication() {
    var leak =
        new SimulatedContainer(1, 60 * MINUTE)
            .liveHeap(10, 0.02, age -> (20 + age / 30) * MIB)
            .anonymous(15, 0.01, age -> (45 + age / 15) * MIB);

    assertThat(leak.verdict(DEFAULTS, 60 * MINUTE).evidence().layer()).isEqualTo(Layer.APPLICATION);
  }
}
