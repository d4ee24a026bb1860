package dev.heapwarden.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.ContainerStatus;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.e2e.scenario.Shop;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** What Heapwarden may not touch, and what it cannot reach. */
@Order(20)
@ExtendWith(Installed.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HandsOffIT {
  private final KubernetesClient client;
  private final Shop shop;

  HandsOffIT(KubernetesClient client) {
    this.client = client;
    this.shop = new Shop(client, "leak-dryrun");
  }

  @AfterAll
  void close() {
    shop.close();
  }

  @Test
  void aDryRunShowsEveryChangeAndMakesNone() {
    shop.open(Duration.ofMinutes(2));
    var pods = shop.podUids(Shop.LEAKING);
    var deployment =
        client.apps().deployments().inNamespace(shop.namespace()).withName(Shop.LEAKING).require();
    shop.govern("DryRun");

    var incident =
        await("every step planned")
            .atMost(Duration.ofMinutes(4))
            .until(
                shop::incident,
                found -> found.flatMap(it -> Incidents.step(it, "AddReplicas")).isPresent())
            .orElseThrow();

    assertThat(incident.getStatus().steps())
        .allSatisfy(
            step -> assertThat(step.state()).as(step.action()).isEqualTo(Step.State.PLANNED));
    assertThat(Incidents.step(incident, "PatchEnvironment").orElseThrow().patch())
        .contains("GOMEMLIMIT");
    assertThat(Incidents.step(incident, "Isolate").orElseThrow().patch())
        .contains("heapwarden.dev~1quarantine");
    assertThat(incident.getStatus().level()).isZero();

    assertThat(shop.podUids(Shop.LEAKING)).isEqualTo(pods);
    assertThat(
            client.resources(MemorySnapshot.class).inNamespace(shop.namespace()).list().getItems())
        .isEmpty();
    var after =
        client.apps().deployments().inNamespace(shop.namespace()).withName(Shop.LEAKING).require();
    assertThat(after.getMetadata().getGeneration())
        .isEqualTo(deployment.getMetadata().getGeneration());
  }

  @Test
  void aStrippedProgramIsReportedWithTheReasonWhyItCannotBeProbed() {
    shop.openStripped(Duration.ofMinutes(1));

    var watched =
        await("what became of every probe, on the policy's status")
            .atMost(Duration.ofMinutes(1))
            .until(
                this::stripped,
                status ->
                    status != null
                        && !status.probes().isEmpty()
                        && status.probes().stream()
                            .noneMatch(probe -> probe.state().equals("Pending")));

    assertThat(watched.runtime()).isEqualTo("Go");
    assertThat(watched.probes())
        .filteredOn(probe -> probe.probe().equals("GoMapGrowth"))
        .singleElement()
        .satisfies(
            probe -> {
              assertThat(probe.state()).isEqualTo("Refused");
              assertThat(probe.reason()).contains("stripped");
            });
    assertThat(watched.probes())
        .filteredOn(probe -> probe.probe().equals("PageFaults"))
        .singleElement()
        .satisfies(probe -> assertThat(probe.state()).isEqualTo("Attached"));
  }

  private ContainerStatus stripped() {
    var policy =
        client
            .resources(MemoryPolicy.class)
            .inNamespace(shop.namespace())
            .withName("stripped")
            .get();
    return policy == null || policy.getStatus() == null
        ? null
        : policy.getStatus().watched().stream().findFirst().orElse(null);
  }
}
