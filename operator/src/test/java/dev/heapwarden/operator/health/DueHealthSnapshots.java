package dev.heapwarden.operator.health;

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
import org.junit.jupiter.api.AfterEach;

/** Tests with a policy whose health snapshots are due, and an API server that takes them. */
abstract class DueHealthSnapshots {
  static final Instant DUE = Instant.parse("2026-07-01T01:00:00Z");
  static final Workload CHECKOUT = new Workload("Deployment", "checkout", "uid-1");
  static final Workload LEDGER = new Workload("StatefulSet", "ledger", "uid-2");
  private static final Evidence EVIDENCE =
      new Evidence(Layer.RUNTIME, Cause.UNKNOWN, "", null, null, "", List.of(), Map.of());
  static final Verdict HEALTHY = new Verdict.Healthy(EVIDENCE);
  static final Verdict SUSPECTED = new Verdict.Suspected(EVIDENCE);

  final SnapshotServer server = new SnapshotServer();
  final List<String> said = new ArrayList<>();
  final List<String> problems = new ArrayList<>();
  int keep = 3;

  DueHealthSnapshots() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  void look(Instant now, WatchedContainer... containers) {
    orders(policy(), now, containers);
  }

  void orders(MemoryPolicy policy, Instant now, WatchedContainer... containers) {
    new HealthSnapshotOrders(
            server.client(), (_, reason, message) -> said.add(reason.text() + ": " + message))
        .apply(new Evaluation(policy, List.of(containers), now))
        .ifPresent(order -> problems.addAll(order.problems()));
  }

  MemoryPolicy policy() {
    return due(DUE);
  }

  MemoryPolicy due(Instant due) {
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

  static WatchedContainer container(
      Workload workload, String pod, String container, Verdict verdict) {
    var key = new ContainerKey("shop", pod, "uid-" + pod, container, "id-" + pod + container);
    var assessment =
        new Assessment(
            workload.uid(), key, RuntimeKind.GO, false, verdict, Duration.ofHours(1), DUE);
    return new WatchedContainer(key, workload, false, new Sight.NoAgent(), assessment);
  }
}
