package dev.heapwarden.detection;

import static dev.heapwarden.detection.SimulatedContainer.DEMO;
import static dev.heapwarden.detection.SimulatedContainer.MIB;
import static dev.heapwarden.detection.SimulatedContainer.detector;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.rule.RuleSource;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.detection.verdict.Verdict.Inconclusive.Reason;
import org.junit.jupiter.api.Test;

class OwnRulesTest {
  private static final SimulatedContainer LEAK =
      new SimulatedContainer(1, 300)
          .liveHeap(3, 0.01, age -> 20 * MIB + 0.5 * MIB * age)
          .anonymous(5, 0.01, age -> 45 * MIB + 0.9 * MIB * age);
  private static final SimulatedContainer HEALTHY =
      new SimulatedContainer(1, 300)
          .liveHeap(3, 0.01, _ -> 20 * MIB)
          .anonymous(5, 0.01, _ -> 45 * MIB);

  @Test
  void oneNeverExceedsSuspectedHoweverPlainTheLeak() {
    var verdict =
        LEAK.verdict(
            detector(
                own("heap", "live_heap_slope > 0.1 * MB", 2),
                own("resident", "anonymous_slope > 0.1 * MB", 1)),
            DEMO,
            300);

    assertThat(verdict).isInstanceOf(Verdict.Suspected.class);
    assertThat(verdict.evidence().sentence())
        .startsWith("Rule heap holds: live_heap_slope > 0.1 * MB.");
    assertThat(verdict.evidence().growth()).isNotNull();
    assertThat(verdict.evidence().witnesses()).isEmpty();
  }

  @Test
  void oneBesideThePresetsDoesNotHinderConfirmation() {
    var rules = detector(new RuleSource.Preset("go"), own("heap", "live_heap > 1.0 * MB", 1));

    assertThat(LEAK.verdict(rules, DEMO, 300)).isInstanceOf(Verdict.Confirmed.class);
    assertThat(HEALTHY.verdict(rules, DEMO, 300)).isInstanceOf(Verdict.Suspected.class);
  }

  @Test
  void oneThatDoesNotHoldIsHealthy() {
    assertThat(HEALTHY.verdict(detector(own("heap", "live_heap > 1.0 * GB", 1)), DEMO, 300))
        .isInstanceOf(Verdict.Healthy.class);
  }

  @Test
  void oneOverAnAbsentFeatureIsNotFalseButUnanswered() {
    var verdict =
        HEALTHY.verdict(
            detector(new RuleSource.Preset("go"), own("near", "memory_used_ratio > 0.9", 1)),
            DEMO,
            300);

    assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
    assertThat(((Verdict.Inconclusive) verdict).reason()).isEqualTo(Reason.MISSING_SIGNAL);
    assertThat(verdict.evidence().sentence())
        .isEqualTo("Nothing was ever sampled for memory_used_ratio, which rule near needs.");
  }

  @Test
  void oneMustHoldInEveryDisjointWindow() {
    var ended =
        new SimulatedContainer(1, 300).anonymous(5, 0, age -> age < 280 ? 45 * MIB : 90 * MIB);

    assertThat(ended.verdict(detector(own("high", "anonymous_memory > 80.0 * MB", 1)), DEMO, 300))
        .isInstanceOf(Verdict.Suspected.class);
    assertThat(ended.verdict(detector(own("high", "anonymous_memory > 80.0 * MB", 2)), DEMO, 300))
        .isInstanceOf(Verdict.Healthy.class);
  }

  private static RuleSource own(String name, String expression, int forWindows) {
    return new RuleSource.Custom(name, Layer.RUNTIME, expression, forWindows);
  }
}
