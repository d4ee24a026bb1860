package dev.heapwarden.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.policy.ContainerStatus;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.e2e.scenario.Shop;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** What Heapwarden cannot reach. */
@Isolated("one product, and both cores")
@Order(20)
@ExtendWith(Installed.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutOfReachIT {
  private final KubernetesClient client;
  private final Shop shop;

  OutOfReachIT(KubernetesClient client) {
    this.client = client;
    this.shop = new Shop(client, "stripped");
  }

  @AfterAll
  void close() {
    shop.close();
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
