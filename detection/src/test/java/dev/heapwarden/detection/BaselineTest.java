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
import org.junit.jupiter.api.Test;

class BaselineTest {
  @Test
  void aLeakThatTheRevisionBeforeDidNotHaveBeganWithThisOne() {
    var before = new Baseline(0.01 * MIB, false);

    var verdict = before.beside(confirmed());

    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().sentence())
        .isEqualTo(
            "It grows. It began with this revision: the one before did not grow at this age.");
  }

  /** Both leak: the earlier pods never stopped growing while they lived. */
  @Test
  void aLeakThatTheRevisionBeforeHadTooStaysConfirmed() {
    var before = new Baseline(MIB, true);

    var verdict = before.beside(confirmed());

    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().sentence())
        .isEqualTo("It grows. The revision before grew as fast at this age.");
  }

  @Test
  void whatGrewHalfAsFastBeforeIsToldByItsPace() {
    var before = new Baseline(0.5 * MIB, true);

    assertThat(before.beside(confirmed()).evidence().sentence())
        .endsWith(" The revision before grew by 1.8 GiB/h at this age.");
  }

  @Test
  void aHealthyContainerHasNothingToCompare() {
    var healthy = new Verdict.Healthy(confirmed().evidence());
    var before = new Baseline(MIB, true);

    assertThat(before.beside(healthy)).isEqualTo(healthy);
  }

  private static Verdict confirmed() {
    return new Verdict.Confirmed(
        new Evidence(
            Layer.APPLICATION,
            Cause.UNKNOWN,
            "It grows.",
            new Growth(MIB, 0.9 * MIB, 1.1 * MIB, 100 * MIB, 60, Duration.ofMinutes(35)),
            null,
            "",
            List.of(),
            Map.of()));
  }
}
