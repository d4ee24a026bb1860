package dev.heapwarden.detection;

import static dev.heapwarden.detection.SimulatedContainer.DEFAULTS;
import static dev.heapwarden.detection.SimulatedContainer.DEMO;
import static dev.heapwarden.detection.SimulatedContainer.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.verdict.Verdict;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that use memory without leaking it. Nobody may be woken for them. */
class HealthyProgramsTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aCacheThatFillsToItsBoundDuringWarmUpIsHealthyFromTheFirstVerdictOn(long seed) {
    DoubleUnaryOperator filled = age -> Math.min(age, 25);
    var cache =
        new SimulatedContainer(seed, 600)
            .liveHeap(3, 0.01, age -> 20 * MIB + MIB * filled.applyAsDouble(age))
            .cgroup(5, 0.01, age -> 45 * MIB + 2 * MIB * filled.applyAsDouble(age), 512 * MIB)
            .swissMap("main.cache", age -> 600 * filled.applyAsDouble(age));
    for (double age = 85; age <= 600; age += 5) {
      assertThat(cache.verdict(DEMO, age)).as("at %s s", age).isInstanceOf(Verdict.Healthy.class);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aCacheThatFillsAfterWarmUpIsNeverConfirmedAndHealthySoonAfterItsBound(long seed) {
    DoubleUnaryOperator filled = age -> Math.min(age, 60);
    var cache =
        new SimulatedContainer(seed, 600)
            .liveHeap(3, 0.01, age -> 20 * MIB + 0.5 * MIB * filled.applyAsDouble(age))
            .cgroup(5, 0.01, age -> 45 * MIB + MIB * filled.applyAsDouble(age), 512 * MIB)
            .swissMap("main.cache", age -> 310 * filled.applyAsDouble(age));
    for (double age = 30; age <= 600; age += 5) {
      var verdict = cache.verdict(DEMO, age);
      assertThat(verdict).as("at %s s", age).isNotInstanceOf(Verdict.Confirmed.class);
      if (age >= 140) {
        assertThat(verdict).as("at %s s", age).isInstanceOf(Verdict.Healthy.class);
      }
    }
  }

  @Test
  void aMapThatDeletesAsMuchAsItInsertsDoesNotGrow() {
    var churn =
        new SimulatedContainer(1, 600)
            .liveHeap(3, 0.2, _ -> 50 * MIB)
            .anonymous(5, 0.01, _ -> 90 * MIB);
    var map = new MapInstance(7, "0xc000010000", "main.session");
    var random = new Random(1);
    for (double age = 1; age < 600; age += 2) {
      churn.grew(age, map, 8000 + random.nextInt(2000));
    }
    for (double age = 80; age <= 600; age += 5) {
      var verdict = churn.verdict(DEMO, age);
      assertThat(verdict).as("at %s s", age).isInstanceOf(Verdict.Healthy.class);
      assertThat(verdict.evidence().features())
          .as("at %s s", age)
          .containsEntry("map_growth_rate", 0.0);
    }
  }

  @Tag("E16")
  @Test
  void aMapBuiltForOneRequestDoesNotGrow() {
    var requests =
        new SimulatedContainer(1, 300)
            .liveHeap(3, 0.02, _ -> 50 * MIB)
            .anonymous(5, 0.01, _ -> 90 * MIB);
    for (int request = 0; request < 300; request++) {
      var map = new MapInstance(7, "0xc0000" + request % 7, "main.render");
      for (int entries = 14; entries <= 896; entries *= 2) {
        requests.grew(request + entries / 1e6, map, entries);
      }
    }
    assertThat(requests.verdict(DEMO, 299.001)).isInstanceOf(Verdict.Healthy.class);
    assertThat(requests.verdict(DEMO, 299.001).evidence().features())
        .containsEntry("map_growth_rate", 0.0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aRampOfLoadThatHasReachedItsPlateauIsNotConfirmed(long seed) {
    DoubleUnaryOperator load = age -> Math.clamp((age - 60) / 120, 0, 1);
    var ramp =
        new SimulatedContainer(seed, 900)
            .liveHeap(3, 0.02, age -> 20 * MIB + 60 * MIB * load.applyAsDouble(age))
            .anonymous(5, 0.01, age -> 45 * MIB + 120 * MIB * load.applyAsDouble(age));
    for (double age = 240; age <= 900; age += 10) {
      assertThat(ramp.verdict(DEMO, age))
          .as("at %s s", age)
          .isNotInstanceOf(Verdict.Confirmed.class);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.3, 0.5, 0.7, 0.9})
  void aStepOfLoadIsNotConfirmedWhereverItLiesInTheHorizon(double share) {
    DoubleUnaryOperator step = age -> age < share * 7200 ? 0 : 1;
    var program =
        new SimulatedContainer(1, 7200)
            .liveHeap(20, 0.02, age -> 100 * MIB + 100 * MIB * step.applyAsDouble(age))
            .anonymous(15, 0.01, age -> 250 * MIB + 200 * MIB * step.applyAsDouble(age));
    for (double age = 900; age <= 7200; age += 60) {
      assertThat(program.verdict(DEFAULTS, age))
          .as("at %s s", age)
          .isNotInstanceOf(Verdict.Confirmed.class);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aSawToothIsNotConfirmed(long seed) {
    DoubleUnaryOperator tooth = age -> (age % 40) / 40;
    var program =
        new SimulatedContainer(seed, 900)
            .liveHeap(2, 0.02, age -> 20 * MIB + 20 * MIB * tooth.applyAsDouble(age))
            .anonymous(5, 0.02, age -> 60 * MIB + 20 * MIB * tooth.applyAsDouble(age));
    for (double age = 30; age <= 900; age += 5) {
      assertThat(program.verdict(DEMO, age))
          .as("at %s s", age)
          .isNotInstanceOf(Verdict.Confirmed.class);
    }
  }

  /** White noise, and noise that remembers (autoregressive, 0.9 from one point to the next). */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.9})
  void noiseIsNeverConfirmed(double memory) {
    int confirmed = 0;
    for (int seed = 0; seed < 500; seed++) {
      var program =
          new SimulatedContainer(seed, 600)
              .liveHeap(3, 0, noisy(seed, memory, 0.1, 40 * MIB))
              .anonymous(5, 0, noisy(seed + 500, memory, 0.05, 90 * MIB));
      for (double age = 90; age <= 600; age += 170) {
        var verdict = program.verdict(DEMO, age);
        confirmed += verdict instanceof Verdict.Confirmed ? 1 : 0;
      }
    }
    assertThat(confirmed).isZero();
  }

  private static DoubleUnaryOperator noisy(
      long seed, double memory, double relative, double level) {
    var random = new Random(seed);
    var state = new double[1];
    return _ -> {
      state[0] = memory * state[0] + Math.sqrt(1 - memory * memory) * random.nextGaussian();
      return level * (1 + relative * state[0]);
    };
  }
}
