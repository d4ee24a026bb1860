package dev.heapwarden.operator.respond;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.MemoryPolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LeakIncidentReconcilerTest {
  @Test
  void aPolicyThatChangedOrIsDeletedConcernsItsIncidents() {
    assertThat(LeakIncidentReconciler.matters(policy(2, "1", null), policy(1, "1", null))).isTrue();
    assertThat(
            LeakIncidentReconciler.matters(
                policy(1, "2", "2026-01-01T00:00:00Z"), policy(1, "1", null)))
        .isTrue();
  }

  /** It is written after each evaluation: with many incidents that was most of what was asked. */
  @Test
  void itsStatusDoesNot() {
    assertThat(LeakIncidentReconciler.matters(policy(1, "2", null), policy(1, "1", null)))
        .isFalse();
  }

  private static MemoryPolicy policy(long generation, String version, @Nullable String deletedAt) {
    var policy = new MemoryPolicy();
    policy.getMetadata().setGeneration(generation);
    policy.getMetadata().setResourceVersion(version);
    policy.getMetadata().setDeletionTimestamp(deletedAt);
    return policy;
  }
}
