package dev.heapwarden.operator.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.MemoryPolicy;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GovernanceTest {
  private static final MemoryPolicy OLD = Cluster.policy("old", "2026-01-01T00:00:00Z");
  private static final MemoryPolicy YOUNG = Cluster.policy("young", "2026-02-01T00:00:00Z");
  private static final Pod POD = Cluster.pod("checkout-1", Map.of("app", "checkout", "v", "2"));

  @Test
  void theOldestPolicyGovernsAndTheOtherIsToldWhich() {
    var all = List.of(YOUNG, OLD);

    assertThat(Governance.of(OLD, all, List.of(POD)))
        .isEqualTo(new Governance(List.of(POD), Map.of()));
    assertThat(Governance.of(YOUNG, all, List.of(POD)))
        .isEqualTo(new Governance(List.of(), Map.of("old", List.of("checkout-1"))));
  }

  @Test
  void ofTwoThatCameInTheSameSecondTheFirstByNameGoverns() {
    var twin = Cluster.policy("a", "2026-01-01T00:00:00Z");

    assertThat(Governance.of(twin, List.of(OLD, twin), List.of(POD)).governed())
        .containsExactly(POD);
    assertThat(Governance.of(OLD, List.of(OLD, twin), List.of(POD)))
        .isEqualTo(new Governance(List.of(), Map.of("a", List.of("checkout-1"))));
  }

  @Test
  void whenTheWinnerIsDeletedTheOtherTakesOver() {
    assertThat(Governance.of(YOUNG, List.of(YOUNG), List.of(POD)))
        .isEqualTo(new Governance(List.of(POD), Map.of()));
  }

  @Test
  void aConflictOverSomePodsLeavesTheOthers() {
    var narrow =
        Cluster.policy(
            "narrow",
            "2026-01-01T00:00:00Z",
            new LabelSelectorBuilder().addToMatchLabels("v", "2").build());
    var other = Cluster.pod("checkout-2", Map.of("app", "checkout", "v", "3"));

    assertThat(Governance.of(YOUNG, List.of(narrow, YOUNG), List.of(POD, other)))
        .isEqualTo(new Governance(List.of(other), Map.of("narrow", List.of("checkout-1"))));
  }

  @Test
  void anIsolatedPodStaysWithThePolicyThatItWasIsolatedUnder() {
    var isolated = Cluster.isolated("checkout-1", "incident-1", "young");

    assertThat(Governance.of(YOUNG, List.of(OLD, YOUNG), List.of(isolated)).governed())
        .containsExactly(isolated);
    assertThat(Governance.of(OLD, List.of(OLD, YOUNG), List.of(isolated)).governed()).isEmpty();
  }

  @Test
  void podsThatDoNotRunAreNotGoverned() {
    var pending = Cluster.pod("p", Map.of("app", "checkout"));
    pending.getStatus().setPhase("Pending");
    var leaving = Cluster.pod("l", Map.of("app", "checkout"));
    leaving.getMetadata().setDeletionTimestamp("2026-03-01T12:00:00Z");

    assertThat(Governance.of(OLD, List.of(OLD), List.of(pending, leaving)).governed()).isEmpty();
  }
}
