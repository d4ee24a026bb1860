package dev.heapwarden.operator.incident;

import static dev.heapwarden.operator.respond.Fixtures.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.operator.respond.Fixtures;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An incident that ended at noon with replicas added, and was undone at one o'clock. */
class WithdrawalTest {
  private static final Instant UNDONE = NOON.plus(Duration.ofHours(1));

  @Test
  void whatAPersonUndidIsNotWithdrawn() {
    assertThat(Withdrawal.at(undone())).isEmpty();
  }

  /** After a reinstallation the leak is met anew. */
  @Test
  void whatTheUninstallationUndidIsWithdrawn() {
    var incident = undone();
    incident.getMetadata().setAnnotations(Map.of(Api.UNINSTALL_ANNOTATION, "true"));

    assertThat(Withdrawal.at(incident)).contains(UNDONE);
  }

  /** What did not help was taken back before the end, and nobody withdrew it. */
  @Test
  void whatWasRolledBackBeforeTheUninstallationIsNotWithdrawn() {
    var incident = undone();
    incident.getMetadata().setAnnotations(Map.of(Api.UNINSTALL_ANNOTATION, "true"));
    incident.setStatus(Fixtures.rolledBack(incident.getStatus().steps(), UNDONE));

    assertThat(Withdrawal.at(incident)).isEmpty();
  }

  private static LeakIncident undone() {
    var incident = Fixtures.answered(Fixtures.incident("leak-1", "w1"), 0, false, true);
    var added =
        new Step(
            "AddReplicas",
            3,
            State.UNDONE,
            "deployment/checkout",
            null,
            null,
            Map.of(),
            NOON.minus(Duration.ofHours(1)).toString(),
            UNDONE.toString(),
            NOON.plus(Duration.ofDays(1)).toString());
    incident.setStatus(Fixtures.rolledBack(List.of(added), NOON));
    return incident;
  }
}
