package dev.heapwarden.operator.incident;

import static dev.heapwarden.operator.incident.Findable.CHECKOUT;
import static dev.heapwarden.operator.incident.Findable.NOW;
import static dev.heapwarden.operator.incident.Findable.aged;
import static dev.heapwarden.operator.incident.Findable.confirmed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.evaluate.Assessment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EpisodesTest {
  private static final Duration COOLDOWN = Duration.ofMinutes(30);

  /** Grows as the ended incident's finding says, in a container that was there then. */
  private static final Assessment SAME = aged(confirmed("checkout-1", 1_000), Duration.ofHours(10));

  private static final Assessment WORSE =
      aged(confirmed("checkout-1", 1_300), Duration.ofHours(10));
  private static final Assessment RESTARTED =
      aged(confirmed("checkout-2", 1_000), Duration.ofMinutes(5));

  @Test
  void theFirstLeakIsTheFirstEpisode() {
    assertThat(Episodes.next(Optional.empty(), List.of(SAME), COOLDOWN, NOW)).contains(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"OPEN", "DIAGNOSING", "ISOLATING", "INTERVENING", "VERIFYING"})
  void aRunningIncidentTakesWhatIsFoundMeanwhile(Phase phase) {
    assertThat(next(ended(phase, Duration.ofHours(2)), WORSE, RESTARTED)).isEmpty();
  }

  @Test
  void anIncidentThatWasOnlyJustCreatedIsNotOpenedAgain() {
    var created = ended(Phase.OPEN, Duration.ZERO);
    created.setStatus(null);

    assertThat(next(created, SAME)).isEmpty();
  }

  @Test
  void aResolvedLeakThatComesBackInANewContainerIsANewIncidentAtOnce() {
    assertThat(next(ended(Phase.RESOLVED, Duration.ofMinutes(10)), RESTARTED)).contains(4);
  }

  @Test
  void oldGrowthDoesNotReopenAResolvedLeakBeforeTheCooldown() {
    assertThat(next(ended(Phase.RESOLVED, Duration.ofMinutes(29)), SAME)).isEmpty();
    assertThat(next(ended(Phase.RESOLVED, Duration.ofMinutes(30)), SAME)).contains(4);
  }

  @ParameterizedTest
  @EnumSource(names = {"MITIGATED", "ROLLED_BACK", "NEEDS_HUMAN"})
  void aLeakThatIsKnownToGoOnIsNotReopenedBecauseItGoesOn(Phase phase) {
    assertThat(next(ended(phase, Duration.ofHours(2)), SAME)).isEmpty();
    assertThat(next(ended(phase, Duration.ofMinutes(10)), RESTARTED, WORSE)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"MITIGATED", "ROLLED_BACK", "NEEDS_HUMAN"})
  void afterTheCooldownAWorseGrowthOrANewContainerIsWorthAnotherResponse(Phase phase) {
    assertThat(next(ended(phase, Duration.ofHours(2)), WORSE)).contains(4);
    assertThat(next(ended(phase, Duration.ofMinutes(31)), aged(SAME, Duration.ofMinutes(30))))
        .contains(4);
  }

  @ParameterizedTest
  @EnumSource(names = {"MITIGATED", "NEEDS_HUMAN"})
  void aLeakThatGoesOnAfterItsInterventionWasWithdrawnIsNew(Phase phase) {
    assertThat(next(withdrawn(phase, Duration.ofMinutes(29)), SAME)).isEmpty();
    assertThat(next(withdrawn(phase, Duration.ofMinutes(30)), SAME)).contains(4);
  }

  @Test
  void whatAPersonUndidIsNoReasonToDoItAgain() {
    var same = aged(SAME, Duration.ofDays(2));
    assertThat(next(withdrawn(Phase.ROLLED_BACK, Duration.ofHours(2)), same)).isEmpty();
  }

  @Test
  void whatWasOnlyIntendedWasNeverWithdrawn() {
    var intended = undone(Duration.ofHours(1), null);

    assertThat(Withdrawal.at(ended(Phase.MITIGATED, Duration.ofHours(25), intended))).isEmpty();
  }

  private static LeakIncident withdrawn(Phase phase, Duration ago) {
    return ended(phase, Duration.ofHours(25), undone(ago, NOW.minus(ago).toString()));
  }

  private static Step undone(Duration ago, @Nullable String expiresAt) {
    return new Step(
        "AddReplicas",
        3,
        Step.State.UNDONE,
        "deployment/checkout",
        null,
        null,
        Map.of(),
        NOW.minus(Duration.ofHours(26)).toString(),
        NOW.minus(ago).toString(),
        expiresAt);
  }

  private static Optional<Integer> next(LeakIncident newest, Assessment... confirmed) {
    return Episodes.next(Optional.of(newest), List.of(confirmed), COOLDOWN, NOW);
  }

  private static LeakIncident ended(Phase phase, Duration ago, Step... steps) {
    Instant endedAt = NOW.minus(ago);
    var target =
        new LeakIncidentSpec.Target(
            CHECKOUT.kind(), CHECKOUT.name(), CHECKOUT.uid(), "checkout", "policy", 3);
    var opened =
        StatusText.opened(target, Findings.of(SAME, List.of(SAME)), "", "It grows.", null, NOW);
    var incident = new LeakIncident();
    incident.setSpec(new LeakIncidentSpec(target, LeakIncidentSpec.Response.none()));
    incident.setStatus(
        new LeakIncidentStatus(
            opened.workload(),
            opened.container(),
            opened.verdict(),
            opened.layer(),
            opened.growth(),
            opened.limitIn(),
            opened.site(),
            0,
            phase,
            null,
            opened.finding(),
            null,
            List.of(steps),
            List.of(),
            opened.openedAt(),
            phase.terminal() ? endedAt.toString() : null,
            null));
    return incident;
  }
}
