package dev.heapwarden.detection;

import static dev.heapwarden.detection.SimulatedContainer.DEFAULTS;
import static dev.heapwarden.detection.SimulatedContainer.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.detection.verdict.Witness;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How often trends are seen where there are none, and where there are, over six hours. */
class TrendStatisticsTest {
  private static final int PROGRAMS = 200;
  private static final double SIX_HOURS = 6 * 3600;
  private static final double SETTLED = SIX_HOURS + 600;
  private static final double LIMIT = 512 * MIB;

  /** The test's own share of false positives: 2.5 % rise above 1.96 by chance. */
  @ParameterizedTest
  @CsvSource({"0, 0.05", "0.5, 0.05", "0.9, 0.05", "0.99, 0.12"})
  void noiseThatRemembersItselfIsSeldomCalledSignificant(double memory, double atMost) {
    double significant =
        share(
            seed -> {
              var features =
                  flat(seed, noise(seed, memory)).verdict(DEFAULTS, SETTLED).evidence().features();
              return features.getOrDefault("live_heap_trend_z", 0.0) > 1.96;
            });

    assertThat(significant).isLessThanOrEqualTo(atMost);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 0.9, 0.99})
  void noiseThatRemembersItselfIsNoWitness(double memory) {
    assertThat(share(seed -> liveHeapSupports(flat(seed, noise(seed, memory)))))
        .isLessThanOrEqualTo(0.01);
  }

  /** A walk does rise for hours, at times: what bounds it is that a leak rises all the time. */
  @Test
  void aRandomWalkIsSeldomAWitness() {
    assertThat(share(seed -> liveHeapSupports(flat(seed, walk(seed))))).isLessThanOrEqualTo(0.1);
  }

  @Test
  void independentRandomWalksAreNotConfirmed() {
    double confirmed =
        share(
            seed ->
                new SimulatedContainer(seed, SETTLED)
                        .liveHeap(30, 0, walk(seed))
                        .cgroup(15, 0, walk(seed + PROGRAMS), LIMIT)
                        .verdict(DEFAULTS, SETTLED)
                    instanceof Verdict.Confirmed);

    assertThat(confirmed).isLessThanOrEqualTo(0.01);
  }

  /** One per cent of the limit in an hour, under noise of two per cent of the level. */
  @ParameterizedTest
  @CsvSource({"0, 0.95", "0.5, 0.95", "0.9, 0.8"})
  void aLeakOfOnePerCentOfTheLimitInAnHourIsConfirmedWithinSixHours(double memory, double atLeast) {
    double confirmed =
        share(
            seed -> {
              var live = noise(seed, memory);
              var resident = noise(seed + PROGRAMS, memory);
              DoubleUnaryOperator lost = age -> 0.01 * LIMIT * age / 3600;
              return new SimulatedContainer(seed, SETTLED)
                      .liveHeap(30, 0, age -> live.applyAsDouble(age) + lost.applyAsDouble(age))
                      .cgroup(
                          15,
                          0,
                          age -> 2 * resident.applyAsDouble(age) + lost.applyAsDouble(age),
                          LIMIT)
                      .verdict(DEFAULTS, SETTLED)
                  instanceof Verdict.Confirmed;
            });

    assertThat(confirmed).isGreaterThanOrEqualTo(atLeast);
  }

  /** A rollout of its data, a cache that fills: a level, and then another. */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.25, 0.5, 0.75, 0.9})
  void aStepIsNoTrendWhereverItLies(double where) {
    var steps =
        share(
            seed -> {
              var noise = noise(seed, 0.5);
              return liveHeapSupports(
                  flat(
                      seed,
                      age -> noise.applyAsDouble(age) + (age < where * SIX_HOURS ? 0 : 60 * MIB)));
            });

    assertThat(steps).isZero();
  }

  private static SimulatedContainer flat(int seed, DoubleUnaryOperator level) {
    return new SimulatedContainer(seed, SETTLED).liveHeap(30, 0, level);
  }

  private static boolean liveHeapSupports(SimulatedContainer program) {
    return program.verdict(DEFAULTS, SETTLED).evidence().witnesses().stream()
        .anyMatch(
            witness ->
                witness.kind() == Witness.Kind.POST_GC_LIVE_HEAP
                    && witness.stance() == Witness.Stance.SUPPORTS);
  }

  /** Autoregressive of first order, around 100 MiB by two per cent. */
  private static DoubleUnaryOperator noise(int seed, double memory) {
    var random = new Random(seed);
    var state = new double[] {random.nextGaussian()};
    return _ -> {
      state[0] = memory * state[0] + Math.sqrt(1 - memory * memory) * random.nextGaussian();
      return 100 * MIB * (1 + 0.02 * state[0]);
    };
  }

  /** By half a MiB at each collection. */
  private static DoubleUnaryOperator walk(int seed) {
    var random = new Random(seed);
    var state = new double[] {200 * MIB};
    return _ -> {
      state[0] = Math.max(10 * MIB, state[0] + 0.5 * MIB * random.nextGaussian());
      return state[0];
    };
  }

  private interface Seen {
    boolean in(int seed);
  }

  private static double share(Seen seen) {
    return (double) IntStream.range(0, PROGRAMS).filter(seen::in).count() / PROGRAMS;
  }
}
