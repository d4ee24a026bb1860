package dev.heapwarden.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.policy.ContainerStatus;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus;
import dev.heapwarden.e2e.scenario.Shop;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Pods as they come and go: many of one image, and one whose containers end and start again. */
@Execution(ExecutionMode.CONCURRENT)
@WithTheProduct
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PodLivesIT {
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final int PODS = 10;

  /** The second pod's program is started again whenever the kubelet finds no port 1. */
  private static final String PODS_AND_POLICIES =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: same}
      spec:
        replicas: %d
        selector: {matchLabels: {app: same}}
        template:
          metadata: {labels: {app: same}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: sessions
              image: localhost/heapwarden-sessions:dev
              imagePullPolicy: IfNotPresent
              resources: {requests: {cpu: 1m, memory: 16Mi}}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: again, labels: {app: again}}
      spec:
        terminationGracePeriodSeconds: 1
        initContainers:
        - name: migrate
          image: localhost/heapwarden-orders:dev
          imagePullPolicy: IfNotPresent
          command: [sh, -c, "true"]
        containers:
        - name: sessions
          image: localhost/heapwarden-sessions:dev
          imagePullPolicy: IfNotPresent
          livenessProbe: {tcpSocket: {port: 1}, initialDelaySeconds: 25, failureThreshold: 1}
          resources: {requests: {cpu: 1m, memory: 16Mi}}
      ---
      apiVersion: heapwarden.dev/v1alpha1
      kind: MemoryPolicy
      metadata: {name: same}
      spec: {selector: {matchLabels: {app: same}}, observe: {slide: 5s, window: 30s}}
      ---
      apiVersion: heapwarden.dev/v1alpha1
      kind: MemoryPolicy
      metadata: {name: again}
      spec: {selector: {matchLabels: {app: again}}, observe: {slide: 5s, window: 30s}}
      """
          .formatted(PODS);

  private final KubernetesClient client;
  private final Shop shop;

  PodLivesIT(KubernetesClient client) {
    this.client = client;
    this.shop = new Shop(client, "lives");
  }

  @BeforeAll
  void open() {
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(shop.namespace())
                .endMetadata()
                .build())
        .serverSideApply();
    shop.apply(PODS_AND_POLICIES);
  }

  @AfterAll
  void close() {
    shop.close();
  }

  @Test
  void everyPodOfOneImageIsAttachedToAlsoAfterOneWasDeleted() {
    soon(() -> assertThat(status("same").orElseThrow().attached()).isEqualTo(PODS));

    var deleted = shop.pods("same").getFirst();
    client.resource(deleted).withGracePeriod(0).delete();

    soon(
        () -> {
          assertThat(status("same").orElseThrow().watched())
              .hasSize(PODS)
              .extracting(ContainerStatus::pod)
              .doesNotContain(deleted.getMetadata().getName());
          assertThat(status("same").orElseThrow().attached()).isEqualTo(PODS);
        });
  }

  @Test
  void aContainerThatIsStartedAgainIsAttachedToAgainAndThoseThatComeAndGoAreNotListed() {
    soon(() -> assertThat(status("again").orElseThrow().attached()).isEqualTo(1));
    client
        .pods()
        .inNamespace(shop.namespace())
        .withName("again")
        .ephemeralContainers()
        .edit(
            pod ->
                new PodBuilder(pod)
                    .editSpec()
                    .addNewEphemeralContainer()
                    .withName("debugger")
                    .withImage("localhost/heapwarden-orders:dev")
                    .withImagePullPolicy("IfNotPresent")
                    .withCommand("sleep", "600")
                    .endEphemeralContainer()
                    .endSpec()
                    .build());
    soon(
        () ->
            assertThat(
                    shop.pods("again")
                        .getFirst()
                        .getStatus()
                        .getContainerStatuses()
                        .getFirst()
                        .getRestartCount())
                .isPositive());

    // Of a container that its agent does not list under its new id nothing is attached.
    soon(
        () ->
            assertThat(status("again").orElseThrow())
                .extracting(MemoryPolicyStatus::containers, MemoryPolicyStatus::attached)
                .containsExactly(1, 1));
    assertThat(status("again").orElseThrow().watched())
        .extracting(ContainerStatus::container)
        .isEqualTo(List.of("sessions"));
  }

  private static void soon(ThrowingCallable assertion) {
    await().atMost(SOON).ignoreExceptions().untilAsserted(assertion::call);
  }

  private Optional<MemoryPolicyStatus> status(String policy) {
    return Optional.ofNullable(
            client
                .resources(MemoryPolicy.class)
                .inNamespace(shop.namespace())
                .withName(policy)
                .get())
        .map(MemoryPolicy::getStatus);
  }
}
