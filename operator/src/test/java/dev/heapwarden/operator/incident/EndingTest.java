package dev.heapwarden.operator.incident;

import static dev.heapwarden.operator.incident.Findable.CHECKOUT;
import static dev.heapwarden.operator.incident.Findable.NOW;
import static dev.heapwarden.operator.incident.Findable.confirmed;
import static dev.heapwarden.operator.incident.Findable.healthy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.operator.collect.Sight;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.evaluate.WatchedContainer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EndingTest {
  private static final Duration HORIZON = Duration.ofHours(6);
  private static final Instant LATER = NOW.plus(HORIZON);
  private static final Leak LEAK = new Leak(CHECKOUT, "checkout");

  private final Ending ending = new Ending((_, _) -> true);

  @Test
  void endsWhenEverythingWasHealthyForAFullHorizon() {
    assertThat(of(LATER, watched(healthy("a")), watched(healthy("b"))))
        .contains("No growth beyond noise since 2026-03-01T12:00:00Z in any of 2 containers.");
    assertThat(of(LATER.minusSeconds(1), watched(healthy("a")))).isEmpty();
  }

  @Test
  void doesNotEndWhileOneContainerIsNotKnownToBeHealthy() {
    assertThat(of(LATER, watched(healthy("a")), unseen())).isEmpty();
    assertThat(of(LATER, watched(healthy("a")), watched(confirmed("b", 10)))).isEmpty();
  }

  @Test
  void endsWithItsWorkloadAndDoesNotClaimACure() {
    assertThat(new Ending((_, _) -> false).of(incident(), LEAK, List.of(), HORIZON, NOW))
        .contains("The workload no longer exists; the leak was not seen to be cured.");
  }

  @Test
  void aWorkloadScaledToNothingEndsItOnlyAfterTheHorizon() {
    assertThat(of(LATER.minusSeconds(1))).isEmpty();
    assertThat(of(LATER)).get().asString().contains("was not seen to be cured");
  }

  @Test
  void endsWhileNothingOfTheResponseIsInForce() {
    assertThat(ends(Phase.OPEN)).isTrue();
    assertThat(ends(Phase.OPEN, step("Diagnose", 1, State.DONE))).isTrue();
    assertThat(ends(Phase.DIAGNOSING, step("Diagnose", 1, State.INTENDED))).isTrue();
    assertThat(ends(Phase.OPEN, step("Isolate", 2, State.UNDONE))).isTrue();
    assertThat(ends(Phase.OPEN, step("Isolate", 2, State.INTENDED))).isTrue();
    assertThat(ends(Phase.OPEN, step("Isolate", 2, State.PLANNED))).isTrue();
    assertThat(
            ends(
                Phase.OPEN,
                step("Isolate", 2, State.UNDONE),
                step("SampleInstances", 2, State.DONE)))
        .isTrue();
  }

  @Test
  void whatIsInForceIsNotForgotten() {
    assertThat(ends(Phase.OPEN, expiring("Isolate", 2, State.DONE))).isFalse();
    assertThat(ends(Phase.OPEN, expiring("PatchEnvironment", 3, State.INTENDED)))
        .as("done, and still rolled out")
        .isFalse();
    assertThat(ends(Phase.OPEN, step("AddReplicas", 3, State.UNDOING))).isFalse();
    assertThat(ends(Phase.ISOLATING, step("Isolate", 2, State.INTENDED))).isFalse();
    assertThat(ends(Phase.VERIFYING)).isFalse();
    assertThat(ends(Phase.NEEDS_HUMAN)).isFalse();
  }

  @Test
  void theOutcomeSaysWhatWasDone() {
    assertThat(done()).isEqualTo("Nothing was done about it.");
    assertThat(done(step("Isolate", 2, State.PLANNED))).isEqualTo("Nothing was done about it.");
    assertThat(done(step("Diagnose", 1, State.DONE))).isEqualTo("Done: Diagnose.");
    assertThat(done(step("Diagnose", 1, State.DONE), step("Isolate", 2, State.UNDONE)))
        .isEqualTo("Done: Diagnose. Done and undone: Isolate.");
    assertThat(done(step("Diagnose", 1, State.INTENDED), step("Isolate", 2, State.FAILED)))
        .isEqualTo("Failed: Isolate. Begun: Diagnose.");
  }

  private static boolean ends(Phase phase, Step... steps) {
    return Ending.mayEnd(status(phase, steps));
  }

  private static String done(Step... steps) {
    return Ending.done(status(Phase.OPEN, steps));
  }

  private static Step step(String action, int level, State state) {
    return new Step(action, level, state, "it", null, null, Map.of(), NOW.toString(), null, null);
  }

  private static Step expiring(String action, int level, State state) {
    return new Step(
        action, level, state, "it", null, null, Map.of(), NOW.toString(), null, LATER.toString());
  }

  private static LeakIncidentStatus status(Phase phase, Step... steps) {
    var opened = incident().getStatus();
    return new LeakIncidentStatus(
        opened.workload(),
        opened.container(),
        opened.verdict(),
        opened.layer(),
        opened.growth(),
        opened.limitIn(),
        opened.site(),
        opened.level(),
        phase,
        opened.waitingFor(),
        opened.finding(),
        opened.baseline(),
        List.of(steps),
        opened.timeline(),
        opened.openedAt(),
        opened.endedAt(),
        opened.outcome());
  }

  private Optional<String> of(Instant now, WatchedContainer... containers) {
    return ending.of(incident(), LEAK, List.of(containers), HORIZON, now);
  }

  private static WatchedContainer watched(Assessment assessment) {
    return new WatchedContainer(
        assessment.container(), CHECKOUT, false, new Sight.NoAgent(), assessment);
  }

  private static WatchedContainer unseen() {
    return new WatchedContainer(
        healthy("x").container(), CHECKOUT, false, new Sight.NoAgent(), null);
  }

  private static LeakIncident incident() {
    var shown = confirmed("a", 100);
    var target =
        new LeakIncidentSpec.Target("Deployment", "checkout", "uid-checkout", "checkout", "p", 1);
    var incident = new LeakIncident();
    incident.getMetadata().setNamespace("shop");
    incident.setSpec(new LeakIncidentSpec(target, LeakIncidentSpec.Response.none()));
    incident.setStatus(
        StatusText.opened(target, Findings.of(shown, List.of(shown)), "", "It grows.", null, NOW));
    return incident;
  }
}
