package dev.heapwarden.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.e2e.scenario.Kubectl;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** A person approves what is done about a leaking JVM, level by level, and takes it back. */
@Isolated("one product, and both cores")
@Order(16)
@ExtendWith(Installed.class)
class ApproveIT {
  private static final String NAMESPACE = "approve-jvm";
  private static final String PAUSE = "-XX:MaxGCPauseMillis=150";
  private static final String WORKLOAD =
      """
      apiVersion: heapwarden.dev/v1alpha1
      kind: MemoryPolicy
      metadata: {name: orders, namespace: approve-jvm}
      spec:
        selector: {matchLabels: {app: orders}}
        respond:
          mode: Approve
          maxLevel: 3
          diagnose: {window: 1s}
          intervene: {jvm: {options: ["-XX:MaxGCPauseMillis=150"]}}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: orders, namespace: approve-jvm}
      spec:
        selector: {matchLabels: {app: orders}}
        template:
          metadata: {labels: {app: orders}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: orders
              image: localhost/heapwarden-orders:dev
              imagePullPolicy: IfNotPresent
              env: [{name: JDK_JAVA_OPTIONS, value: "-Xmx160m"}]
              readinessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 1}
              resources: {requests: {cpu: 10m, memory: 64Mi}, limits: {memory: 384Mi}}
      """;

  /** As detection opens it; of a pod that is not to be isolated, since nothing replaces it. */
  private static final String INCIDENT =
      """
      apiVersion: heapwarden.dev/v1alpha1
      kind: LeakIncident
      metadata: {name: orders-approve, namespace: approve-jvm}
      spec:
        target: {kind: Deployment, name: orders, uid: WORKLOAD_UID, container: orders, policy: orders, episode: 1}
      status:
        workload: deployment/orders
        container: orders
        verdict: Confirmed
        layer: Application
        growth: 3.4 GiB/h
        limitIn: 1h
        site: "-"
        level: 0
        phase: Open
        openedAt: "NOW"
        finding:
          verdict: Confirmed
          runtime: JVM
          layer: Application
          cause: ClassGrowth
          message: it leaks
          growthBytesPerSecond: 1000000
          growthLow: 900000
          growthHigh: 1100000
          secondsToLimit: 3600
          pod: POD_NAME
          podUid: POD_UID
          containerAgeSeconds: 600
          pods: 1
          witnesses: []
          at: "NOW"
        steps:
        - {action: Isolate, level: 2, state: Refused, object: pod/POD_NAME, message: nothing replaces it, undo: {}, intendedAt: "NOW"}
        timeline: []
      """;

  private final KubernetesClient client;
  private final Kubectl kubectl;

  ApproveIT(KubernetesClient client, Cluster cluster) {
    this.client = client;
    this.kubectl = Kubectl.with(cluster.kubeconfig());
  }

  @BeforeEach
  void open() {
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build())
        .serverSideApply();
    client
        .load(new ByteArrayInputStream(WORKLOAD.getBytes(StandardCharsets.UTF_8)))
        .serverSideApply();
    client
        .apps()
        .deployments()
        .inNamespace(NAMESPACE)
        .withName("orders")
        .waitUntilReady(60, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() {
    client.namespaces().withName(NAMESPACE).withTimeout(1, TimeUnit.MINUTES).delete();
  }

  @Test
  void nothingIsDoneBeforeItIsApprovedAndUndoTakesItBack() {
    var before = deployment().getSpec().getTemplate();
    leak();
    until("level 1 is asked for", status -> waits(status, "AwaitingApproval: level 1"));
    assertThat(incident().getStatus().steps()).noneMatch(step -> step.action().equals("Diagnose"));

    respond("{\"approvedLevel\": 1}");
    var diagnosed = until("level 3 is asked for", s -> waits(s, "AwaitingApproval: level 3"));
    assertThat(step(diagnosed, "Diagnose").state()).isEqualTo(Step.State.DONE);
    assertThat(deployment().getSpec().getTemplate()).isEqualTo(before);

    respond("{\"approvedLevel\": 3}");
    var patched = until("it is verified", status -> status.phase() == Phase.VERIFYING);
    var step = step(patched, "PatchEnvironment");
    assertThat(step.state()).as(step.message()).isEqualTo(Step.State.DONE);
    assertThat(step.message()).contains("in force: " + PAUSE + " (seen in pod orders-");
    assertThat(environment()).contains("JAVA_TOOL_OPTIONS", PAUSE);

    respond("{\"undo\": true}");
    var undone = until("it is rolled back", status -> status.phase() == Phase.ROLLED_BACK);
    assertThat(undone.outcome()).startsWith("undone as asked: PatchEnvironment undone");
    assertThat(deployment().getSpec().getTemplate()).isEqualTo(before);
  }

  @Test
  void aDeletedPolicyTakesItBackToo() {
    var before = deployment().getSpec().getTemplate();
    leak();
    respond("{\"approvedLevel\": 3}");
    until("it is verified", status -> status.phase() == Phase.VERIFYING);
    assertThat(environment()).contains("JAVA_TOOL_OPTIONS", PAUSE);

    kubectl.run("-n", NAMESPACE, "delete", "memorypolicy", "orders");

    var undone = until("it is rolled back", status -> status.phase() == Phase.ROLLED_BACK);
    assertThat(undone.outcome()).contains("MemoryPolicy was deleted");
    assertThat(deployment().getSpec().getTemplate()).isEqualTo(before);
  }

  private void leak() {
    var pod =
        client
            .pods()
            .inNamespace(NAMESPACE)
            .withLabel("app", "orders")
            .list()
            .getItems()
            .getFirst()
            .getMetadata();
    var incident =
        Serialization.unmarshal(
            INCIDENT
                .replace("WORKLOAD_UID", deployment().getMetadata().getUid())
                .replace("POD_NAME", pod.getName())
                .replace("POD_UID", pod.getUid())
                .replace("NOW", Instant.now().toString()),
            LeakIncident.class);
    var status = incident.getStatus();
    var created = client.resource(incident).create();
    created.setStatus(status);
    client.resource(created).updateStatus();
  }

  private void respond(String answer) {
    var patch = "{\"spec\": {\"response\": %s}}".formatted(answer);
    kubectl.run(
        "-n",
        NAMESPACE,
        "patch",
        "leakincident",
        "orders-approve",
        "--type=merge",
        "--patch=" + patch);
  }

  private LeakIncidentStatus until(String what, Predicate<LeakIncidentStatus> reached) {
    await(what)
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> reached.test(incident().getStatus()));
    return incident().getStatus();
  }

  private static boolean waits(LeakIncidentStatus status, String reason) {
    var waitingFor = status.waitingFor();
    return waitingFor != null && waitingFor.startsWith(reason);
  }

  private static Step step(LeakIncidentStatus status, String action) {
    return status.steps().stream()
        .filter(step -> step.action().equals(action))
        .findFirst()
        .orElseThrow();
  }

  private LeakIncident incident() {
    return client
        .resources(LeakIncident.class)
        .inNamespace(NAMESPACE)
        .withName("orders-approve")
        .require();
  }

  private Deployment deployment() {
    return client.apps().deployments().inNamespace(NAMESPACE).withName("orders").require();
  }

  private String environment() {
    return Serialization.asYaml(
        deployment().getSpec().getTemplate().getSpec().getContainers().getFirst().getEnv());
  }
}
