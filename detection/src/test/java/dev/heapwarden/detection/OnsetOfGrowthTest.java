package dev.heapwarden.detection;

import static dev.heapwarden.detection.SimulatedContainer.DEFAULTS;
import static dev.heapwarden.detection.SimulatedContainer.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that stand still for hours before something in them grows. */
class OnsetOfGrowthTest {
  private static final double MINUTE = 60;
  private static final double STILL = 150 * MINUTE;

  private static SimulatedContainer program(long seed, double minutes, DoubleUnaryOperator mib) {
    return new SimulatedContainer(seed, minutes * MINUTE)
        .liveHeap(20, 0.02, age -> (40 + mib.applyAsDouble(age)) * MIB)
        .cgroup(15, 0.01, age -> (90 + 2 * mib.applyAsDouble(age)) * MIB, 4096 * MIB);
  }

  /** Within the horizon there are hours without growth: over all of it nothing rises evenly. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aLeakThatBeginsInTheAfternoonIsConfirmedAndTheTimeOfItsBeginningTold(long seed) {
    var leak = program(seed, 300, age -> Math.max(0, age - STILL) / 60);

    var verdict = leak.verdict(DEFAULTS, 285 * MINUTE);

    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().sentence()).containsPattern(" since 02:[23]\\d UTC, over 2h ");
    assertThat(Objects.requireNonNull(verdict.evidence().growth()).since())
        .asInstanceOf(InstanceOfAssertFactories.INSTANT)
        .isBetween(Instant.parse("2026-01-01T02:20:00Z"), Instant.parse("2026-01-01T02:40:00Z"));
    assertThat(verdict.evidence().growth().bytesPerSecond())
        .isBetween(0.9 * MIB / 60, 1.1 * MIB / 60);
    assertThat(verdict.evidence().growth().span()).isGreaterThan(Duration.ofHours(2));
  }

  /** It is suspected on the way: who looks then shall see it. */
  @ParameterizedTest
  @MethodSource("loads")
  void aLoadThatComesInTheMorningIsNeverConfirmed(double minutes, double mib) {
    var ramp = program(1, 500, load(minutes, mib));

    neverConfirmed(ramp, 10 * MINUTE, 500 * MINUTE);
  }

  static Stream<Arguments> loads() {
    return Stream.of(1, 20, 40, 60, 80)
        .flatMap(minutes -> Stream.of(15, 40, 80, 160).map(mib -> Arguments.of(minutes, mib)));
  }

  /** It heads for the limit while it comes, and stops before. */
  @ParameterizedTest
  @MethodSource("quickLoads")
  void aLoadThatComesQuicklyIsNoLeakThoughTheLimitIsNear(double minutes, double mib) {
    var load = load(minutes, mib);
    var ramp =
        new SimulatedContainer(1, 300 * MINUTE)
            .liveHeap(20, 0.002, age -> (40 + load.applyAsDouble(age)) * MIB)
            .cgroup(15, 0.001, age -> (90 + 2 * load.applyAsDouble(age)) * MIB, 200 * MIB);

    neverConfirmed(ramp, STILL, 300 * MINUTE);
  }

  static Stream<Arguments> quickLoads() {
    return Stream.of(5, 10, 15, 20)
        .flatMap(minutes -> Stream.of(10, 20, 40, 50).map(mib -> Arguments.of(minutes, mib)));
  }

  private static DoubleUnaryOperator load(double minutes, double mib) {
    return age -> mib * Math.clamp((age - STILL) / (minutes * MINUTE), 0, 1);
  }

  private static void neverConfirmed(SimulatedContainer ramp, double from, double to) {
    for (double age = from; age <= to; age += MINUTE) {
      var verdict = ramp.verdict(DEFAULTS, age);
      assertThat(verdict).as("at %s min", age / MINUTE).isNotInstanceOf(Verdict.Confirmed.class);
    }
  }

  @Test
  void whatGrowsFromTheStartIsNotSaidToHaveBegun() {
    var leak = program(1, 120, age -> age / 60);

    assertThat(leak.verdict(DEFAULTS, 100 * MINUTE).evidence().sentence()).doesNotContain("since");
  }

  @Test
  void whatStandsStillHasNoBeginning() {
    var still = program(1, 400, _ -> 0);

    for (double age = 60 * MINUTE; age <= 400 * MINUTE; age += 5 * MINUTE) {
      var verdict = still.verdict(DEFAULTS, age);
      assertThat(verdict).as("at %s min", age / MINUTE).isInstanceOf(Verdict.Healthy.class);
      assertThat(Objects.requireNonNull(verdict.evidence().growth()).since()).isNull();
    }
  }
}
