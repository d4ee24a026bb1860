package dev.heapwarden.operator.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.operator.collect.Sight;
import dev.heapwarden.operator.evaluate.WatchedContainer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthSnapshotOrdersTest extends DueHealthSnapshots {
  HealthSnapshotOrdersTest() throws IOException {}

  @Test
  void onePodOfEachContainerOfEachWorkloadIsLookedAt() {
    look(
        DUE,
        container(CHECKOUT, "checkout-a", "app", HEALTHY),
        container(CHECKOUT, "checkout-a", "proxy", HEALTHY),
        container(CHECKOUT, "checkout-b", "app", HEALTHY),
        container(CHECKOUT, "checkout-b", "proxy", HEALTHY),
        container(LEDGER, "ledger-0", "app", HEALTHY));

    assertThat(server.snapshots.values())
        .extracting(snapshot -> snapshot.getSpec().pod() + "/" + snapshot.getSpec().container())
        .containsExactlyInAnyOrder("checkout-a/app", "checkout-a/proxy", "ledger-0/app");
    assertThat(server.snapshots.values())
        .allSatisfy(
            snapshot -> {
              assertThat(snapshot.getMetadata().getName())
                  .matches("night-20260701t010000z-[0-9a-f]{8}");
              assertThat(snapshot.getMetadata().getOwnerReferences())
                  .singleElement()
                  .satisfies(owner -> assertThat(owner.getUid()).isEqualTo("uid-night"));
              assertThat(snapshot.getSpec().kinds()).containsExactly(SnapshotKind.AUTO);
            });
    assertThat(said).singleElement().asString().startsWith("HealthSnapshotsOrdered: due " + DUE);
  }

  @Test
  void nothingIsOrderedBeforeTheTimeHasComeOrWithoutASchedule() {
    look(DUE.minusMillis(1), container(CHECKOUT, "a", "app", HEALTHY));
    var unscheduled = policy();
    unscheduled.setSpec(
        Serialization.unmarshal(
            "selector: {matchLabels: {app: a}}",
            dev.heapwarden.crds.policy.MemoryPolicySpec.class));
    orders(unscheduled, DUE, container(CHECKOUT, "a", "app", HEALTHY));

    assertThat(server.snapshots).isEmpty();
    assertThat(said).isEmpty();
  }

  @Test
  void aRestartOrASecondLeaderRepeatsNothing() {
    look(DUE, container(CHECKOUT, "a", "app", HEALTHY), container(CHECKOUT, "b", "app", HEALTHY));
    look(
        DUE.plusSeconds(60),
        container(CHECKOUT, "a", "app", HEALTHY),
        container(CHECKOUT, "b", "app", HEALTHY));

    assertThat(server.pods()).containsExactly("a");
  }

  @Test
  void thePodsTakeTurnsAlsoWhenOnlyOneTimeIsKept() {
    keep = 1;
    var seen = new ArrayList<String>();
    for (int day = 0; day < 4; day++) {
      orders(
          due(DUE.plus(Duration.ofDays(day))),
          DUE.plus(Duration.ofDays(day)),
          container(CHECKOUT, "a", "app", HEALTHY),
          container(CHECKOUT, "b", "app", HEALTHY),
          container(CHECKOUT, "c", "app", HEALTHY));
      seen.addAll(server.pods());
    }

    assertThat(seen).containsExactly("a", "b", "c", "a");
  }

  @Test
  void aPodThatMayLeakOrIsNotReadyOrIsIsolatedIsPassedOver() {
    server.notReady.add("b");
    var isolated = container(CHECKOUT, "c", "app", HEALTHY);
    look(
        DUE,
        container(CHECKOUT, "a", "app", SUSPECTED),
        container(CHECKOUT, "b", "app", HEALTHY),
        new WatchedContainer(
            isolated.key(), CHECKOUT, true, new Sight.NoAgent(), isolated.assessment()),
        container(CHECKOUT, "d", "app", HEALTHY),
        container(LEDGER, "ledger-0", "app", SUSPECTED));

    assertThat(server.pods()).containsExactly("d");
    assertThat(said)
        .containsExactly(
            "HealthSnapshotsOrdered: due 2026-07-01T01:00:00Z: deployment/checkout container app of"
                + " pod d; no pod is healthy and ready of statefulset/ledger container app");
  }

  @Test
  void afterATimeWithoutAnOperatorOneIsMadeUpFor() {
    look(DUE.plus(Duration.ofDays(5)), container(CHECKOUT, "a", "app", HEALTHY));

    assertThat(server.snapshots).hasSize(1);
  }

  @Test
  void aQuotaThatIsSpentIsToldAndHoldsNothingUp() {
    server.refusals.put("a", 403);
    look(DUE, container(CHECKOUT, "a", "app", HEALTHY));

    assertThat(said)
        .singleElement()
        .asString()
        .startsWith("HealthSnapshotsFailed: due 2026-07-01T01:00:00Z: ")
        .contains("quota exceeded");
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 422, 500})
  void whatIsRefusedOfOneWorkloadIsToldAndHoldsUpNoOther(int code) {
    server.refusals.put("a", code);
    look(
        DUE,
        container(CHECKOUT, "a", "app", HEALTHY),
        container(LEDGER, "ledger-0", "app", HEALTHY));

    assertThat(server.pods()).containsExactly("ledger-0");
    assertThat(problems).containsExactly("deployment/checkout container app: quota exceeded");
    assertThat(said).hasSize(2).anyMatch(text -> text.startsWith("HealthSnapshotsFailed: "));
  }

  @Test
  void anApiServerThatCannotListSnapshotsIsToldAndHoldsNothingUp() {
    server.listFailsWith = 500;
    look(DUE, container(CHECKOUT, "a", "app", HEALTHY));

    assertThat(problems).containsExactly("etcd is away");
  }
}
