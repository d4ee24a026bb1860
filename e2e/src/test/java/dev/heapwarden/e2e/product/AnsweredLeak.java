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
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact.State;
import dev.heapwarden.e2e.scenario.Shop;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is true of a leak that went through all three levels, whatever it was written in. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AnsweredLeak {
  private final Shop shop;
  private final String cause;
  private final Set<String> healthyPods;
  private LeakIncident ended = new LeakIncident();

  /**
   * @param shop is governed already
   * @param cause that the incident shall name
   * @param healthyPods the twin's UIDs, before anything was governed
   */
  AnsweredLeak(Shop shop, String cause, Set<String> healthyPods) {
    this.shop = shop;
    this.cause = cause;
    this.healthyPods = healthyPods;
  }

  @BeforeAll
  void itsIncidentEnds() {
    ended =
        await("an incident that ended")
            .atMost(Duration.ofMinutes(6))
            .pollInterval(Duration.ofSeconds(1))
            .until(shop::incident, found -> found.map(Incidents::ended).orElse(false))
            .orElseThrow();
  }

  Shop shop() {
    return shop;
  }

  @Test
  void theLeakIsConfirmedByWitnessesAndNamedBySite() {
    var baseline = Objects.requireNonNull(ended.getStatus().baseline());
    assertThat(baseline.verdict()).isEqualTo("Confirmed");
    assertThat(baseline.cause()).isEqualTo(cause);
    assertThat(Objects.requireNonNull(ended.getStatus().finding()).cause()).isEqualTo(cause);
    assertThat(baseline.growthLow())
        .isPositive()
        .isLessThanOrEqualTo(baseline.growthBytesPerSecond());
    assertThat(baseline.witnesses())
        .filteredOn(witness -> witness.stance().equals("Supports"))
        .hasSizeGreaterThanOrEqualTo(2);
    assertThat(ended.getStatus().site()).isEqualTo(shop.twins().site());
  }

  @Test
  void itsConfirmationIsAnEventOfTheIncidentOfItsPolicyAndOfThePodsThatLeak() {
    var told =
        shop.client().v1().events().inNamespace(shop.namespace()).list().getItems().stream()
            .filter(event -> event.getReason().equals("LeakConfirmed"))
            .map(Event::getInvolvedObject)
            .toList();
    assertThat(told)
        .extracting(about -> about.getKind() + " " + about.getName())
        .contains(
            "LeakIncident " + ended.getMetadata().getName(),
            "MemoryPolicy " + shop.twins().leaking())
        .anyMatch(about -> about.startsWith("Pod " + shop.twins().leaking() + "-"));
    assertThat(told)
        .extracting(ObjectReference::getName)
        .noneMatch(name -> name.startsWith(shop.twins().healthy()));
  }

  @Test
  void theArtefactsOfItsSnapshotAreReal() {
    assertThat(snapshot().site()).isEqualTo(shop.twins().site());
    assertThat(snapshot().phase()).isEqualTo(MemorySnapshotStatus.Phase.COMPLETED);
    assertThat(taken())
        .allSatisfy(
            artifact -> {
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
            .withName(shop.twins().leaking())
            .require();
    var container = deployment.getSpec().getTemplate().getSpec().getContainers().getFirst();
    assertThat(container.getEnv())
        .extracting(variable -> variable.getName())
        .contains(shop.twins().variable());
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
  void theHealthyTwinIsCalledHealthyAndLeftAlone() {
    var healthy = shop.twins().healthy();
    assertThat(shop.incidents(healthy)).isEmpty();
    assertThat(shop.podUids(healthy)).isEqualTo(healthyPods);
    var policy =
        shop.client()
            .resources(MemoryPolicy.class)
            .inNamespace(shop.namespace())
            .withName(healthy)
            .require();
    assertThat(policy.getStatus().watched())
        .isNotEmpty()
        .allSatisfy(watched -> assertThat(watched.verdict()).isEqualTo("Healthy"));
  }

  List<Artifact> taken() {
    return snapshot().artifacts().stream()
        .filter(artifact -> artifact.state() == State.TAKEN)
        .toList();
  }

  /** The one of level 1. */
  MemorySnapshotStatus snapshot() {
    return shop.client()
        .resources(MemorySnapshot.class)
        .inNamespace(shop.namespace())
        .withName(ended.getMetadata().getName() + "-l1")
        .require()
        .getStatus();
  }
}
