package dev.heapwarden.operator.incident;

import static dev.heapwarden.operator.incident.Findable.CHECKOUT;
import static dev.heapwarden.operator.incident.Findable.NOW;
import static dev.heapwarden.operator.incident.Findable.confirmed;
import static dev.heapwarden.operator.incident.Findable.healthy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.operator.collect.Sight;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.evaluate.WatchedContainer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
        .contains(
            "No growth beyond noise since 2026-03-01T12:00:00Z in any of 2 containers."
                + " Nothing was done about it.");
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
        StatusText.opened(target, Findings.of(shown, List.of(shown)), "", "It grows.", NOW));
    return incident;
  }
}
