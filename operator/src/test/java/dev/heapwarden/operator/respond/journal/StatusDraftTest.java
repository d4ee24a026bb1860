package dev.heapwarden.operator.respond.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.operator.respond.Fixtures;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class StatusDraftTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void aCauseOfAnotherLayerChangesTheLayerOfItsIncident() {
    var status = named("OldGeneration", Cause.FINALIZERS);

    assertThat(status.layer()).isEqualTo("Runtime");
    assertThat(Objects.requireNonNull(status.baseline()).layer()).isEqualTo("Runtime");
    assertThat(status.site()).isEqualTo("com.shop.Blob");
  }

  @Test
  void aCauseThatDoesNotReplaceTheFirstChangesNoLayer() {
    var before = Fixtures.incident("leak", "w1").getStatus().layer();

    assertThat(named("MapGrowth", Cause.FINALIZERS).layer()).isEqualTo(before);
  }

  private static LeakIncidentStatus named(String baseline, Cause cause) {
    var incident = Fixtures.ofCause(Fixtures.incident("leak", "w1"), baseline);
    return new StatusDraft(incident.getStatus(), NOON).culprit(cause, "com.shop.Blob").toStatus();
  }
}
