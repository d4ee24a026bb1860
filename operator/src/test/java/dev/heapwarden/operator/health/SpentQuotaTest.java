package dev.heapwarden.operator.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.MemoryPolicy;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A quota of MemorySnapshots with less room than a further time needs. */
class SpentQuotaTest {
  private static final Instant FIRST = Instant.parse("2026-07-01T01:00:00Z");

  private final SnapshotServer server = new SnapshotServer();
  private final List<String> problems = new ArrayList<>();

  SpentQuotaTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void asManyTimesAreKeptAsAskedOfEverySeries() {
    for (int day = 0; day < 3; day++) {
      order(day, 3, "checkout", "ledger");
    }
    server.quota = 7;
    order(3, 3, "checkout", "ledger");

    assertThat(problems).isEmpty();
    assertThat(server.snapshots.values().stream().map(Series::dueOf))
        .containsExactly(
            "20260702t010000z", "20260702t010000z",
            "20260703t010000z", "20260703t010000z",
            "20260704t010000z", "20260704t010000z");
  }

  @Test
  void theOnlyOneThatIsKeptMakesRoomForTheNext() {
    order(0, 1, "checkout");
    server.quota = 1;
    order(1, 1, "checkout");

    assertThat(problems).isEmpty();
    assertThat(server.snapshots.values().stream().map(Series::dueOf))
        .containsExactly("20260702t010000z");
  }

  @Test
  void thePodsTakeTurnsAlsoWhereTheirLastOneMadeRoomForAnother() {
    order(0, 1, "checkout", "ledger");
    server.quota = 2;
    order(1, 1, "checkout", "ledger");

    assertThat(problems).isEmpty();
    assertThat(server.pods()).containsExactlyInAnyOrder("checkout-b", "ledger-b");
  }

  private void order(int day, int keep, String... workloads) {
    var due = FIRST.plus(Duration.ofDays(day));
    var policy =
        Serialization.unmarshal(
            """
            apiVersion: heapwarden.dev/v1alpha1
            kind: MemoryPolicy
            metadata: {name: night, namespace: shop, uid: uid-night}
            spec:
              selector: {matchLabels: {app: checkout}}
              observe: {healthSnapshots: {schedule: '0 0 3 * * ?', keep: %d}}
            status: {nextHealthSnapshot: '%s'}
            """
                .formatted(keep, due),
            MemoryPolicy.class);
    var containers =
        Stream.of(workloads)
            .flatMap(name -> Stream.of("-a", "-b").map(pod -> container(name, name + pod)))
            .toList();
    new HealthSnapshotOrders(server.client(), (_, _, _) -> {})
        .apply(new Evaluation(policy, containers, due))
        .ifPresent(order -> problems.addAll(order.problems()));
  }

  private static WatchedContainer container(String name, String pod) {
    var workload = new Workload("Deployment", name, "uid-" + name);
    var key = new ContainerKey("shop", pod, "uid-" + pod, "app", "id-" + pod);
    var healthy =
        new Verdict.Healthy(
            new Evidence(Layer.RUNTIME, Cause.UNKNOWN, "", null, null, "", List.of(), Map.of()));
    return new WatchedContainer(
        key,
        workload,
        false,
        new Sight.NoAgent(),
        new Assessment(
            workload.uid(), key, RuntimeKind.GO, false, healthy, Duration.ofHours(1), FIRST));
  }
}
