package dev.heapwarden.detection;

import static dev.heapwarden.detection.SimulatedContainer.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Growth;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BaselinesTest {
  private static final Duration AGE = Duration.ofMinutes(40);

  @Test
  void aLeakThatTheRevisionBeforeDidNotHaveBeganWithThisOne() {
    var before = before(new Baseline(0.01 * MIB, false, Optional.empty()));

    var verdict = before.beside(confirmed(null), AGE);

    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().sentence())
        .isEqualTo(
            "It grows. It began with this revision: the one before did not grow at this age.");
  }

  /** Both leak: the earlier pods never stopped growing while they lived. */
  @Test
  void aLeakThatTheRevisionBeforeHadTooStaysConfirmed() {
    var before = before(new Baseline(MIB, true, Optional.empty()));

    var verdict = before.beside(confirmed(null), AGE);

    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().sentence())
        .isEqualTo("It grows. The revision before grew as fast at this age.");
  }

  @Test
  void whatGrewHalfAsFastBeforeIsToldByItsPace() {
    var before = before(new Baseline(0.5 * MIB, true, Optional.empty()));

    assertThat(before.beside(confirmed(null), AGE).evidence().sentence())
        .endsWith(" The revision before grew by 1.8 GiB/h at this age.");
  }

  @Test
  void whatFilledInOlderPodsOfTheSameRevisionIsOnlySuspected() {
    var siblings =
        new Baselines(
            Optional.of(new Baseline(MIB, true, Optional.of(Duration.ofHours(2)))),
            Optional.empty());

    var verdict = siblings.beside(confirmed(null), AGE);

    assertThat(verdict).isInstanceOf(Verdict.Suspected.class);
    assertThat(verdict.evidence().sentence())
        .isEqualTo(
            "It grows. Older pods of this revision grew as fast and stopped at the age of 2h.");
  }

  @Test
  void aLeakIsNotTakenForACacheThatFilledMoreSlowlyOrWasNeverSuspected() {
    var slower = before(new Baseline(0.7 * MIB, true, Optional.of(Duration.ofHours(2))));
    var unsuspected = before(new Baseline(MIB, false, Optional.of(Duration.ofHours(2))));

    assertThat(slower.beside(confirmed(null), AGE)).isInstanceOf(Verdict.Confirmed.class);
    assertThat(unsuspected.beside(confirmed(null), AGE)).isInstanceOf(Verdict.Confirmed.class);
  }

  @Test
  void nobodyWaitsForWhatWouldStopTooLate() {
    var filled = before(new Baseline(MIB, true, Optional.of(Duration.ofHours(2))));

    assertThat(filled.beside(confirmed(Duration.ofMinutes(79)), AGE))
        .isInstanceOf(Verdict.Confirmed.class);
    assertThat(filled.beside(confirmed(Duration.ofMinutes(81)), AGE))
        .isInstanceOf(Verdict.Suspected.class);
  }

  @Test
  void aHealthyContainerHasNothingToCompare() {
    var healthy = new Verdict.Healthy(confirmed(null).evidence());
    var before = before(new Baseline(MIB, true, Optional.of(Duration.ofHours(2))));

    assertThat(before.beside(healthy, AGE)).isEqualTo(healthy);
  }

  private static Baselines before(Baseline baseline) {
    return new Baselines(Optional.empty(), Optional.of(baseline));
  }

  private static Verdict confirmed(@Nullable Duration timeToLimit) {
    return new Verdict.Confirmed(
        new Evidence(
            Layer.APPLICATION,
            Cause.UNKNOWN,
            "It grows.",
            new Growth(MIB, 0.9 * MIB, 1.1 * MIB, 100 * MIB, 60, Duration.ofMinutes(35)),
            timeToLimit,
            "",
            List.of(),
            Map.of()));
  }
}
