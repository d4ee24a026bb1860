package dev.heapwarden.operator.respond.verify;

import static dev.heapwarden.operator.respond.Fixtures.NOON;
import static dev.heapwarden.operator.respond.Fixtures.finding;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.Observe;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Growth;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.respond.verify.Decision.Trend;
import dev.heapwarden.operator.respond.verify.Decision.Trend.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Before: 1 MiB/s (0.9..1.1) at the age of ten minutes, with one hour left. Window one minute. */
class VerificationTest {
  private static final double MIB = 1024 * 1024;
  private static final Observe OBSERVE =
      new Observe("5s", "1m", "10s", "6h", "1m", null, null, null, null, "1%", null);
  private static final Trend NOTHING = new Trend(Kind.NOTHING, NOON);

  private final Verification verification = new Verification(finding(), OBSERVE, NOON, NOON, true);

  @Test
  void noGrowthInAnyContainerAsOldAsTheLeakingOneIsResolved() {
    var gone = new Trend(Kind.GONE, at(7));
    assertThat(decide(gone, 10, healthy("a", 10), healthy("b", 10)))
        .isInstanceOfSatisfying(
            Decision.Resolved.class, resolved -> assertThat(resolved.text()).contains("3.5 GiB/h"));
  }

  @Test
  void noGrowthInAYoungContainerIsNotYetResolved() {
    assertThat(decide(new Trend(Kind.GONE, at(3)), 9, healthy("a", 9)))
        .isInstanceOf(Decision.GoOn.class);
  }

  @Test
  void oneHealthyEvaluationIsNotEnough() {
    assertThat(decide(NOTHING, 12, healthy("a", 12)))
        .isInstanceOfSatisfying(
            Decision.GoOn.class,
            goOn -> assertThat(goOn.trend()).isEqualTo(new Trend(Kind.GONE, at(12))));
  }

  @Test
  void healthyWithAnIntervalThatIncludesTheOldGrowthSaysNothing() {
    var wide = new Verdict.Healthy(evidence(new Growth(0, -MIB, MIB, 0, 9, MINUTE), null));
    assertThat(decide(new Trend(Kind.GONE, at(5)), 12, assessment("a", 12, wide)))
        .isInstanceOfSatisfying(
            Decision.GoOn.class, goOn -> assertThat(goOn.trend().kind()).isEqualTo(Kind.NOTHING));
  }

  @Test
  void lessGrowthBeyondUncertaintyIsMitigatedAndSaysByHowMuch() {
    assertThat(decide(new Trend(Kind.BETTER, at(5)), 6, leaking("a", 6, 0.5, 0.4, 0.6, 120)))
        .isInstanceOfSatisfying(
            Decision.Mitigated.class,
            mitigated ->
                assertThat(mitigated.text())
                    .isEqualTo(
                        "growth 3.5 GiB/h (95 % 3.2 GiB..3.9 GiB) -> 1.8 GiB/h (95 % 1.4 GiB..2.1"
                            + " GiB); time to limit at age 6m: 1h4m -> 2h"));
  }

  @Test
  void equalGrowthWithMuchMoreRoomIsMitigated() {
    // The old container lived 10 min + 60 min; at the same growth this one lives 6 + 180.
    assertThat(decide(new Trend(Kind.BETTER, at(5)), 6, leaking("a", 6, 1, 0.95, 1.05, 180)))
        .isInstanceOf(Decision.Mitigated.class);
  }

  @Test
  void moreRoomWithinUncertaintyIsNoImprovement() {
    // 6 + 68/1.05 min is longer than 70, but not than 10 + 60/0.9.
    assertThat(decide(new Trend(Kind.SAME, at(5)), 8, leaking("a", 8, 1, 0.95, 1.05, 68)))
        .isInstanceOf(Decision.TakeBack.class);
  }

  @Test
  void aRestartAloneIsNoImprovement() {
    // Younger by seven minutes, so seven minutes farther from the limit: nothing gained.
    assertThat(decide(new Trend(Kind.SAME, at(0)), 3, leaking("a", 3, 1, 0.9, 1.1, 67)))
        .isInstanceOf(Decision.TakeBack.class);
  }

  @Test
  void theWorstContainerSpeaksForAll() {
    assertThat(
            decide(
                new Trend(Kind.SAME, at(8)),
                11,
                healthy("a", 11),
                leaking("b", 11, 0.5, 0.4, 0.6, 120),
                leaking("c", 11, 1, 0.9, 1.1, 60)))
        .isInstanceOf(Decision.TakeBack.class);
    assertThat(
            decide(
                new Trend(Kind.BETTER, at(8)),
                11,
                healthy("a", 11),
                leaking("b", 11, 0.5, 0.4, 0.6, 120)))
        .isInstanceOf(Decision.Mitigated.class);
  }

  @Test
  void aContainerOfWhichNothingIsKnownHoldsTheVerdictOpen() {
    var warming = inconclusive("b", 1);
    assertThat(decide(new Trend(Kind.GONE, at(5)), 11, healthy("a", 11), warming))
        .isInstanceOf(Decision.GoOn.class);
  }

  @Test
  void theIsolatedPodIsNotLookedAtAndOldPodsAreWaitedFor() {
    var isolated = leaking("a", 20, 1, 0.9, 1.1, 60);
    var quarantined =
        new Assessment(
            "w1",
            isolated.container(),
            RuntimeKind.GO,
            true,
            isolated.verdict(),
            isolated.containerAge(),
            isolated.at());
    assertThat(decide(new Trend(Kind.GONE, at(7)), 11, healthy("b", 11), quarantined))
        .isInstanceOf(Decision.Resolved.class);
    assertThat(decide(new Trend(Kind.GONE, at(7)), 11, healthy("b", 11), healthy("old", 20)))
        .isInstanceOfSatisfying(
            Decision.GoOn.class, goOn -> assertThat(goOn.reason()).contains("old"));
  }

  @Test
  void whatCannotBeToldInTimeIsLeftToAPerson() {
    assertThat(decide(NOTHING, 31, inconclusive("a", 31)))
        .isInstanceOfSatisfying(
            Decision.GiveUp.class, giveUp -> assertThat(giveUp.text()).contains("WarmUp"));
    assertThat(decide(NOTHING, 31)).isInstanceOf(Decision.GiveUp.class);
  }

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private Decision decide(Trend soFar, long minute, Assessment... assessments) {
    Collection<Assessment> now =
        List.of(assessments).stream()
            .map(
                a ->
                    new Assessment(
                        a.workloadUid(),
                        a.container(),
                        a.runtime(),
                        a.quarantined(),
                        a.verdict(),
                        a.containerAge(),
                        at(minute)))
            .toList();
    return verification.decide(now, soFar, at(minute));
  }

  private static Instant at(long minute) {
    return NOON.plus(Duration.ofMinutes(minute));
  }

  private static Assessment healthy(String pod, long age) {
    return assessment(
        pod,
        age,
        new Verdict.Healthy(evidence(new Growth(0, -MIB / 10, MIB / 10, 0, 9, MINUTE), null)));
  }

  private static Assessment leaking(
      String pod, long age, double mib, double low, double high, long minutesToLimit) {
    var growth = new Growth(mib * MIB, low * MIB, high * MIB, 0, 9, MINUTE);
    return assessment(
        pod, age, new Verdict.Confirmed(evidence(growth, Duration.ofMinutes(minutesToLimit))));
  }

  private static Assessment inconclusive(String pod, long age) {
    return assessment(
        pod,
        age,
        new Verdict.Inconclusive(Verdict.Inconclusive.Reason.WARM_UP, evidence(null, null)));
  }

  private static Evidence evidence(@Nullable Growth growth, @Nullable Duration toLimit) {
    return new Evidence(
        Layer.APPLICATION, Cause.MAP_GROWTH, "", growth, toLimit, "", List.of(), Map.of());
  }

  private static Assessment assessment(String pod, long age, Verdict verdict) {
    return new Assessment(
        "w1",
        new ContainerKey("shop", pod, "uid-" + pod, "checkout", "id-" + pod),
        RuntimeKind.GO,
        false,
        verdict,
        Duration.ofMinutes(age),
        NOON);
  }
}
