package dev.heapwarden.operator.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncidentSpec.Target;
import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.ApiServer.Reply;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against an API server that knows a few owners. */
class WorkloadsTest {
  private static final Map<String, String> OWNERS =
      Map.of(
          "/apis/apps/v1/namespaces/shop/replicasets/checkout-7d9f",
          "{controller: true, apiVersion: apps/v1, kind: Deployment, name: checkout, uid: u}",
          "/apis/apps/v1/namespaces/shop/replicasets/canary-5c",
          "{controller: true, apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: canary, uid:"
              + " u}",
          "/apis/apps/v1/namespaces/shop/replicasets/bare",
          "",
          "/apis/batch/v1/namespaces/shop/jobs/report-29000",
          "{controller: true, apiVersion: batch/v1, kind: CronJob, name: report, uid: u}",
          "/apis/batch/v1/namespaces/shop/jobs/import",
          "");

  private final List<String> asked = new ArrayList<>();
  private final ApiServer server = new ApiServer(this::answer);
  private final Workloads workloads = new Workloads(server.client(), (_, _) -> Optional.empty());

  WorkloadsTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "apps/v1, ReplicaSet, checkout-7d9f, deployment/checkout",
    "apps/v1, ReplicaSet, canary-5c, rollout/canary",
    "apps/v1, ReplicaSet, bare, replicaset/bare",
    "apps/v1, ReplicaSet, just-deleted, replicaset/just-deleted",
    "apps/v1, StatefulSet, ledger, statefulset/ledger",
    "apps/v1, DaemonSet, collector, daemonset/collector",
    "batch/v1, Job, report-29000, cronjob/report",
    "batch/v1, Job, import, job/import",
    "example.com/v1, Machine, m1, machine/m1",
    "example.com/v1, Job, import, job/import",
  })
  void aPodIsOfWhatAPersonWouldNameItsWorkload(
      String apiVersion, String kind, String name, String workload) {
    var pod = pod(apiVersion, kind, name);

    assertThat(name(workloads.of(pod))).isEqualTo(workload);
    assertThat(name(workloads.of(pod))).as("also from memory").isEqualTo(workload);
  }

  @Test
  void whoOwnsAnOwnerIsAskedOnce() {
    workloads.of(pod("batch/v1", "Job", "report-29000"));
    workloads.of(pod("batch/v1", "Job", "report-29000"));

    assertThat(asked).hasSize(1);
  }

  @Test
  void aPodOfNobodyIsItsOwnWorkload() {
    assertThat(name(workloads.of(Cluster.pod("debug", Map.of())))).isEqualTo("pod/debug");
  }

  @Test
  void aStaticPodIsItsOwnWorkloadAndNotItsNode() {
    var pod = pod("v1", "Node", "node-1");
    pod.getMetadata().setAnnotations(Map.of("kubernetes.io/config.mirror", "hash"));

    assertThat(name(workloads.of(pod))).isEqualTo("pod/checkout-1");
  }

  private static String name(Workload workload) {
    return new Target(workload.kind(), workload.name(), workload.uid(), "c", "p", 1).workload();
  }

  private static Pod pod(String apiVersion, String kind, String name) {
    var pod = Cluster.pod("checkout-1", Map.of());
    pod.getMetadata()
        .setOwnerReferences(
            List.of(
                new OwnerReferenceBuilder()
                    .withController(true)
                    .withApiVersion(apiVersion)
                    .withKind(kind)
                    .withName(name)
                    .withUid("uid-" + name)
                    .build()));
    return pod;
  }

  private Reply answer(String method, URI uri, String body) {
    asked.add(uri.getPath());
    var owner = OWNERS.get(uri.getPath());
    return owner == null
        ? Reply.refusal(404, "not found")
        : Reply.ok(
            Serialization.unmarshal(
                "metadata: {name: x, ownerReferences: [%s]}".formatted(owner), Map.class));
  }
}
