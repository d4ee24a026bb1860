package dev.heapwarden.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.e2e.monitoring.LiveMetrics;
import dev.heapwarden.e2e.scenario.Shop;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The main job: a leak through all three levels, while its healthy twin under the same load is left
 * alone.
 */
@Order(10)
@ExtendWith(Installed.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeakIT {
  private final Shop shop;
  private Set<String> healthyPods = Set.of();
  private LeakIncident ended = new LeakIncident();

  LeakIT(KubernetesClient client) {
    shop = new Shop(client, "leak-enforce");
  }

  @BeforeAll
  void theLeakIsAnswered() {
    shop.open(Duration.ofMinutes(2));
    healthyPods = shop.podUids(Shop.HEALTHY);
    shop.govern("Enforce");
    ended =
        await("an incident that ended")
            .atMost(Duration.ofMinutes(6))
            .pollInterval(Duration.ofSeconds(1))
            .until(shop::incident, found -> found.map(Incidents::ended).orElse(false))
            .orElseThrow();
  }

  @AfterAll
  void close() {
    shop.close();
  }

  @Test
  void theLeakIsConfirmedByWitnessesAndNamedBySite() {
    var baseline = ended.getStatus().baseline();
    assertThat(baseline).isNotNull();
    assertThat(baseline.verdict()).isEqualTo("Confirmed");
    assertThat(baseline.cause()).isEqualTo("MapGrowth");
    assertThat(baseline.growthLow())
        .isPositive()
        .isLessThanOrEqualTo(baseline.growthBytesPerSecond());
    assertThat(baseline.witnesses())
        .filteredOn(witness -> witness.stance().equals("Supports"))
        .hasSizeGreaterThanOrEqualTo(2);
    assertThat(ended.getStatus().site()).isEqualTo(Shop.SITE);
  }

  @Test
  void theSnapshotNamesTheMapAndItsWriterAndItsArtefactsAreReal() {
    var snapshot =
        shop.client()
            .resources(MemorySnapshot.class)
            .inNamespace(shop.namespace())
            .list()
            .getItems()
            .getFirst()
            .getStatus();
    assertThat(snapshot.phase()).isEqualTo(MemorySnapshotStatus.Phase.COMPLETED);
    assertThat(snapshot.maps().getFirst().entriesPerSecond()).isPositive();
    assertThat(snapshot.maps().getFirst().sites().getFirst().function()).isEqualTo(Shop.SITE);
    assertThat(snapshot.artifacts())
        .extracting(artifact -> artifact.kind().name())
        .contains("MAP_GROWTH", "KERNEL_MEMORY", "GO_HEAP_PROFILE", "GOROUTINES");
    assertThat(snapshot.artifacts())
        .allSatisfy(
            artifact -> {
              assertThat(artifact.state())
                  .as(artifact.toString())
                  .isEqualTo(MemorySnapshotStatus.Artifact.State.TAKEN);
              assertThat(artifact.size()).isPositive();
              assertThat(artifact.sha256()).matches("[0-9a-f]{64}");
            });
  }

  @Test
  void theIsolatedPodIsAliveAndOutOfItsService() {
    var isolated =
        shop.client()
            .pods()
            .inNamespace(shop.namespace())
            .withLabel(Api.QUARANTINE_LABEL)
            .list()
            .getItems();
    assertThat(isolated).hasSize(1);
    assertThat(Readiness.isPodReady(isolated.getFirst())).isTrue();
    assertThat(isolated.getFirst().getStatus().getContainerStatuses().getFirst().getRestartCount())
        .isZero();
    assertThat(shop.served()).hasSize(3).doesNotContain(isolated.getFirst().getStatus().getPodIP());
  }

  @Test
  void theDeploymentIsPatchedUnderTheIncidentsOwnFieldManagerAndScaled() {
    var deployment =
        shop.client()
            .apps()
            .deployments()
            .inNamespace(shop.namespace())
            .withName(Shop.LEAKING)
            .require();
    var container = deployment.getSpec().getTemplate().getSpec().getContainers().getFirst();
    assertThat(container.getEnv())
        .extracting(variable -> variable.getName())
        .contains("GOMEMLIMIT", "GOGC");
    assertThat(deployment.getMetadata().getManagedFields())
        .extracting(entry -> entry.getManager())
        .contains(Api.FIELD_MANAGER_PREFIX + ended.getMetadata().getName());
    assertThat(deployment.getSpec().getReplicas()).isEqualTo(3);
  }

  @Test
  void theOutcomeIsWhatVerifyMeasured() {
    assertThat(ended.getStatus().phase()).isIn(Phase.MITIGATED, Phase.RESOLVED);
    assertThat(ended.getStatus().level()).isEqualTo(3);
    assertThat(ended.getStatus().outcome()).isNotBlank();
    assertThat(ended.getStatus().steps())
        .allSatisfy(step -> assertThat(step.state()).as(step.action()).isEqualTo(Step.State.DONE));
  }

  @Test
  void whatHappenedIsInTheMetricsThatAreDocumented() throws Exception {
    new LiveMetrics(shop.client()).areDocumented();
  }

  @Test
  void theHealthyTwinIsLeftAlone() {
    assertThat(shop.incidents(Shop.HEALTHY)).isEmpty();
    assertThat(shop.podUids(Shop.HEALTHY)).isEqualTo(healthyPods);
    var policy =
        shop.client()
            .resources(MemoryPolicy.class)
            .inNamespace(shop.namespace())
            .withName(Shop.HEALTHY)
            .require();
    assertThat(policy.getStatus().watched())
        .isNotEmpty()
        .allSatisfy(watched -> assertThat(watched.verdict()).isEqualTo("Healthy"));
  }
}
