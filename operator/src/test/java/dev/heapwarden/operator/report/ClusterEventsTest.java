package dev.heapwarden.operator.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClusterEventsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.9Z");

  @Test
  void theSameSaidAgainIsTheSameEvent() {
    assertThat(ClusterEvents.name(pod("a", "u1"), Reason.LEAK_CONFIRMED, "It leaks."))
        .isEqualTo(ClusterEvents.name(pod("a", "u1"), Reason.LEAK_CONFIRMED, "It leaks."))
        .isNotEqualTo(ClusterEvents.name(pod("a", "u2"), Reason.LEAK_CONFIRMED, "It leaks."))
        .isNotEqualTo(ClusterEvents.name(pod("a", "u1"), Reason.LEAK_SUSPECTED, "It leaks."))
        .isNotEqualTo(ClusterEvents.name(pod("a", "u1"), Reason.LEAK_CONFIRMED, "It does."));
  }

  @Test
  void isAboutItsObjectInItsNamespace() {
    var event =
        ClusterEvents.event(pod("a", "u1"), Reason.LEAK_CONFIRMED, "It leaks.", "op-1", NOW);

    assertThat(event.getMetadata().getNamespace()).isEqualTo("shop");
    assertThat(event.getInvolvedObject().getKind()).isEqualTo("Pod");
    assertThat(event.getInvolvedObject().getUid()).isEqualTo("u1");
    assertThat(event.getReason()).isEqualTo("LeakConfirmed");
    assertThat(event.getType()).isEqualTo("Warning");
    assertThat(event.getLastTimestamp()).isEqualTo("2026-03-01T12:00:00Z");
  }

  @Test
  void whatIsTooLongIsCutAndNotRefused() {
    var name = "a".repeat(253);

    var event =
        ClusterEvents.event(pod(name, "u1"), Reason.RULE_INVALID, "m".repeat(5_000), "op-1", NOW);

    assertThat(event.getMessage()).hasSize(ClusterEvents.MESSAGE_LIMIT).endsWith("…");
    assertThat(event.getMetadata().getName()).hasSize(253);
  }

  private static Pod pod(String name, String uid) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName(name)
        .withUid(uid)
        .endMetadata()
        .build();
  }
}
