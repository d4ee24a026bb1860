package dev.heapwarden.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.policy.ContainerStatus;
import dev.heapwarden.crds.policy.ContainerStatus.ProbeStatus;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus;
import dev.heapwarden.e2e.scenario.Shop;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a policy says of each container: what is attached, and what cannot be reached and why. */
@Execution(ExecutionMode.CONCURRENT)
@WithTheProduct
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WatchedIT {
  private final KubernetesClient client;
  private final Shop shop;

  WatchedIT(KubernetesClient client) {
    this.client = client;
    this.shop = new Shop(client, "stripped");
  }

  @BeforeAll
  void open() {
    shop.openStripped(Duration.ofMinutes(1));
  }

  @AfterAll
  void close() {
    shop.close();
  }

  @Test
  void aStrippedProgramIsProbedAsOneWithSymbolsIs() {
    soon(
        () -> {
          for (var name : List.of("PageFaults", "GoGc", "GoMapGrowth")) {
            assertThat(probe("sessions", name)).hasValueSatisfying(WatchedIT::isAttached);
          }
        });
  }

  @Test
  void aSidecarIsListedBesideItsMainProgramWithItsOwnRuntimeAndProbes() {
    soon(
        () -> {
          assertThat(watched())
              .extracting(
                  ContainerStatus::pod, ContainerStatus::container, ContainerStatus::runtime)
              .containsExactlyInAnyOrder(
                  tuple(pod(), "sessions", "Go"), tuple(pod(), "sidecar", "JVM"));
          assertThat(probe("sidecar", "JvmCounters")).hasValueSatisfying(WatchedIT::isAttached);
        });
  }

  /** The overhead of a minute is known after one; a program that idles pays next to nothing. */
  @Test
  void whatWatchingCostsIsSaidOfEachContainer() {
    await()
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(
            () -> {
              assertThat(watched()).hasSize(2);
              assertThat(watched())
                  .extracting(ContainerStatus::overhead)
                  .allSatisfy(overhead -> assertThat(overhead).matches("[0-9.]+ ?%"));
            });
    assertThat(status("stripped").orElseThrow().overhead()).matches("[0-9.]+ ?%");
  }

  @Test
  void ofTwoPoliciesThatSelectOnePodTheYoungerSaysThatItLost() {
    shop.apply(
        """
        apiVersion: heapwarden.dev/v1alpha1
        kind: MemoryPolicy
        metadata: {name: younger}
        spec: {selector: {matchLabels: {app: stripped}}}
        """);
    soon(
        () ->
            assertThat(status("younger").map(MemoryPolicyStatus::conditions).orElse(List.of()))
                .filteredOn(condition -> condition.getType().equals("Conflicted"))
                .extracting(Condition::getStatus, Condition::getReason, Condition::getMessage)
                .containsExactly(
                    tuple("True", "OlderPolicyWins", "older policy stripped governs " + pod())));
    assertThat(status("younger").orElseThrow().watched()).isEmpty();
    soon(() -> assertThat(watched()).as("what the older one watches").hasSize(2));
  }

  private static void soon(ThrowingRunnable assertion) {
    await().atMost(Duration.ofMinutes(1)).untilAsserted(assertion);
  }

  private String pod() {
    return shop.pods("stripped").getFirst().getMetadata().getName();
  }

  private static void isAttached(ProbeStatus probe) {
    assertThat(probe.state()).as("%s", probe.reason()).isEqualTo("Attached");
  }

  private Optional<ProbeStatus> probe(String container, String probe) {
    return watched().stream()
        .filter(watched -> watched.container().equals(container))
        .flatMap(watched -> watched.probes().stream())
        .filter(found -> found.probe().equals(probe))
        .findFirst();
  }

  private List<ContainerStatus> watched() {
    return status("stripped").map(MemoryPolicyStatus::watched).orElse(List.of());
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
