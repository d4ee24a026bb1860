package dev.heapwarden.operator.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.collect.Sight;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.evaluate.Evaluation;
import dev.heapwarden.operator.evaluate.WatchedContainer;
import dev.heapwarden.operator.evaluate.Workload;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthSnapshotOrdersTest {
  private static final Instant DUE = Instant.parse("2026-07-01T01:00:00Z");
  private static final Workload CHECKOUT = new Workload("Deployment", "checkout", "uid-1");
  private static final Workload LEDGER = new Workload("StatefulSet", "ledger", "uid-2");
  private static final Evidence EVIDENCE =
      new Evidence(Layer.RUNTIME, Cause.UNKNOWN, "", null, null, "", List.of(), Map.of());
  private static final Verdict HEALTHY = new Verdict.Healthy(EVIDENCE);
  private static final Verdict SUSPECTED = new Verdict.Suspected(EVIDENCE);

  private final SnapshotServer server = new SnapshotServer();
  private final List<String> said = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private int keep = 3;

  HealthSnapshotOrdersTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

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
  void onlyTheNewestAreKept() {
    for (int day = 0; day < 5; day++) {
      var time = DUE.plus(Duration.ofDays(day));
      orders(due(time), time, container(CHECKOUT, "a", "app", HEALTHY));
    }

    assertThat(server.snapshots.values())
        .extracting(Series::dueOf)
        .containsExactly("20260703t010000z", "20260704t010000z", "20260705t010000z");
  }

  @Test
  void whatBelongsToAnotherPolicyIsNotDeleted() {
    var other = due(DUE.minus(Duration.ofDays(9)));
    other.getMetadata().setName("other");
    other.getMetadata().setUid("uid-other");
    orders(other, DUE, container(CHECKOUT, "a", "app", HEALTHY));
    onlyTheNewestAreKept(4);

    assertThat(server.snapshots.keySet()).anyMatch(name -> name.startsWith("other-"));
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
  void aRefusalDoesNotKeepTheOldOnes() {
    onlyTheNewestAreKept(3);
    keep = 2;
    server.refusals.put("a", 422);
    var fourth = DUE.plus(Duration.ofDays(3));
    orders(due(fourth), fourth, container(CHECKOUT, "a", "app", HEALTHY));

    assertThat(server.snapshots.values())
        .extracting(Series::dueOf)
        .containsExactly("20260702t010000z", "20260703t010000z");
  }

  @Test
  void whereAQuotaIsSpentTheOldestMakesRoom() {
    onlyTheNewestAreKept(3);
    server.quota = 3;
    var fourth = DUE.plus(Duration.ofDays(3));
    orders(due(fourth), fourth, container(CHECKOUT, "a", "app", HEALTHY));

    assertThat(server.snapshots.values())
        .extracting(Series::dueOf)
        .containsExactly("20260702t010000z", "20260703t010000z", "20260704t010000z");
    assertThat(problems).isEmpty();
  }

  @Test
  void anApiServerThatCannotListSnapshotsIsToldAndHoldsNothingUp() {
    server.listFailsWith = 500;
    look(DUE, container(CHECKOUT, "a", "app", HEALTHY));

    assertThat(problems).containsExactly("etcd is away");
  }

  private void onlyTheNewestAreKept(int days) {
    for (int day = 0; day < days; day++) {
      var time = DUE.plus(Duration.ofDays(day));
      orders(due(time), time, container(CHECKOUT, "a", "app", HEALTHY));
    }
  }

  private void look(Instant now, WatchedContainer... containers) {
    orders(policy(), now, containers);
  }

  private void orders(MemoryPolicy policy, Instant now, WatchedContainer... containers) {
    new HealthSnapshotOrders(
            server.client(), (_, reason, message) -> said.add(reason.text() + ": " + message))
        .apply(new Evaluation(policy, List.of(containers), now))
        .ifPresent(order -> problems.addAll(order.problems()));
  }

  private MemoryPolicy policy() {
    return due(DUE);
  }

  private MemoryPolicy due(Instant due) {
    return Serialization.unmarshal(
        """
        apiVersion: heapwarden.dev/v1alpha1
        kind: MemoryPolicy
        metadata: {name: night, namespace: shop, uid: uid-night}
        spec:
          selector: {matchLabels: {app: checkout}}
          observe: {healthSnapshots: {schedule: '0 0 3 * * ?', timeZone: Europe/Berlin, keep: %d}}
        status: {nextHealthSnapshot: '%s'}
        """
            .formatted(keep, due),
        MemoryPolicy.class);
  }

  private static WatchedContainer container(
      Workload workload, String pod, String container, Verdict verdict) {
    var key = new ContainerKey("shop", pod, "uid-" + pod, container, "id-" + pod + container);
    var assessment =
        new Assessment(
            workload.uid(), key, RuntimeKind.GO, false, verdict, Duration.ofHours(1), DUE);
    return new WatchedContainer(key, workload, false, new Sight.NoAgent(), assessment);
  }
}
