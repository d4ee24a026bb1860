package dev.heapwarden.e2e.product;

import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.e2e.scenario.Kubectl;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A JVM of which a person is to say what is done about its leak. */
record LeakingOrders(KubernetesClient client, Kubectl kubectl, String namespace) {
  static final String PAUSE = "-XX:MaxGCPauseMillis=150";
  private static final AtomicInteger NUMBER = new AtomicInteger();

  /** The step of a pod that nothing replaces. */
  static final String NOT_ISOLATED =
      "{action: Isolate, level: 2, state: Refused, object: pod/POD_NAME, message: nothing replaces"
          + " it, undo: {}, intendedAt: \"NOW\"}";

  /** In a namespace of its own. */
  static LeakingOrders of(KubernetesClient client, Kubectl kubectl) {
    return new LeakingOrders(client, kubectl, "approve-jvm-" + NUMBER.incrementAndGet());
  }

  /**
   * Creates the namespace and waits until the JVM serves.
   *
   * @param mode of its policy, as the API spells it, such as Approve
   */
  void open(String mode) {
    open(mode, "-Xmx160m", "384Mi");
  }

  /**
   * The same with a JVM of another size.
   *
   * @param options of the JVM
   * @param limit of its container's memory
   */
  void open(String mode, String options, String limit) {
    client
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .serverSideApply();
    client
        .load(
            new ByteArrayInputStream(
                resource("orders.yaml")
                    .replace("IN_NAMESPACE", namespace)
                    .replace("IN_MODE", mode)
                    .replace("IN_OPTIONS", options)
                    .replace("IN_LIMIT", limit)
                    .getBytes(StandardCharsets.UTF_8)))
        .serverSideApply();
    orders().waitUntilReady(60, TimeUnit.SECONDS);
  }

  /** The next test does not wait until it is gone. */
  void close() {
    client.namespaces().withName(namespace).delete();
  }

  /**
   * Opens an incident, in whole seconds as the operator does and the kubelet: what ends in the same
   * second did not end before.
   *
   * @param steps that it has already; may be empty
   */
  void leak(String steps) {
    var pod =
        client
            .pods()
            .inNamespace(namespace)
            .withLabel("app", "orders")
            .list()
            .getItems()
            .getFirst()
            .getMetadata();
    var incident =
        Serialization.unmarshal(
            resource("orders-incident.yaml")
                .replace("IN_NAMESPACE", namespace)
                .replace("STEPS", steps)
                .replace("WORKLOAD_UID", deployment().getMetadata().getUid())
                .replace("POD_NAME", pod.getName())
                .replace("POD_UID", pod.getUid())
                .replace("NOW", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()),
            LeakIncident.class);
    var status = incident.getStatus();
    var created = client.resource(incident).create();
    created.setStatus(status);
    client.resource(created).updateStatus();
  }

  void respond(String answer) {
    var patch = "{\"spec\": {\"response\": %s}}".formatted(answer);
    kubectl.run(
        "-n",
        namespace,
        "patch",
        "leakincident",
        "orders-approve",
        "--type=merge",
        "--patch=" + patch);
  }

  LeakIncidentStatus until(String what, Predicate<LeakIncidentStatus> reached) {
    await(what)
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> reached.test(incident().getStatus()));
    return incident().getStatus();
  }

  static boolean waits(LeakIncidentStatus status, String reason) {
    var waitingFor = status.waitingFor();
    return waitingFor != null && waitingFor.startsWith(reason);
  }

  static Step step(LeakIncidentStatus status, String action) {
    return status.steps().stream()
        .filter(step -> step.action().equals(action))
        .findFirst()
        .orElseThrow();
  }

  LeakIncident incident() {
    return client
        .resources(LeakIncident.class)
        .inNamespace(namespace)
        .withName("orders-approve")
        .require();
  }

  List<Pod> isolated() {
    return client.pods().inNamespace(namespace).withLabel(Api.QUARANTINE_LABEL).list().getItems();
  }

  Set<String> podUids() {
    return client
        .pods()
        .inNamespace(namespace)
        .withLabel("app", "orders")
        .list()
        .getItems()
        .stream()
        .map(pod -> pod.getMetadata().getUid())
        .collect(Collectors.toSet());
  }

  List<MemorySnapshot> snapshots() {
    return client.resources(MemorySnapshot.class).inNamespace(namespace).list().getItems();
  }

  /** A snapshot of this name, when it is completed. */
  MemorySnapshotStatus taken(String name) {
    var snapshot = client.resources(MemorySnapshot.class).inNamespace(namespace).withName(name);
    await(name)
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> {
              var status = snapshot.require().getStatus();
              return status != null && status.completedAt() != null;
            });
    return snapshot.require().getStatus();
  }

  void changeMode(String mode) {
    kubectl.run(
        "-n",
        namespace,
        "patch",
        "memorypolicy",
        "orders",
        "--type=merge",
        "--patch={\"spec\": {\"respond\": {\"mode\": \"%s\"}}}".formatted(mode));
  }

  void deletePolicy() {
    kubectl.run("-n", namespace, "delete", "memorypolicy", "orders");
  }

  /** Two of them, so that one can go. */
  void scaleUp() {
    orders().scale(2);
    orders().waitUntilReady(60, TimeUnit.SECONDS);
  }

  Deployment deployment() {
    return orders().require();
  }

  private RollableScalableResource<Deployment> orders() {
    return client.apps().deployments().inNamespace(namespace).withName("orders");
  }

  String environment() {
    return Serialization.asYaml(
        deployment().getSpec().getTemplate().getSpec().getContainers().getFirst().getEnv());
  }

  private static String resource(String name) {
    try (var stream = LeakingOrders.class.getResourceAsStream("/product/" + name)) {
      return new String(
          Objects.requireNonNull(stream, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
