package dev.heapwarden.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact.State;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Phase;
import dev.heapwarden.e2e.scenario.Shop;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Killing an agent leaves no probe behind, neither the one that always runs nor a snapshot's, and
 * the snapshot that it took is taken by the next.
 */
@Isolated("it kills the agent")
@Order(30)
@WithTheProduct
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashIT {
  private static final String SNAPSHOT = "interrupted";

  private final Shop shop;

  CrashIT(KubernetesClient client) {
    this.shop = new Shop(client, "leak-crash");
  }

  @BeforeAll
  void open() {
    shop.open(Duration.ofMinutes(2));
    shop.govern("Enforce");
  }

  @AfterAll
  void close() {
    shop.close();
  }

  @Test
  void aKilledAgentLeavesNoBpftraceBehindAndComesBack() {
    await("probes attached").atMost(Duration.ofMinutes(2)).until(this::everythingIsAttached);
    orderALongWindow();
    await("a bpftrace for the snapshot beside the one for the node")
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                AgentProcesses.bpftrace().stream().anyMatch(CrashIT::isOfOneProcess)
                    && AgentProcesses.bpftrace().size() > 1);
    var agent = AgentProcesses.agent();
    var probes = AgentProcesses.bpftrace();
    assertThat(agent).as("the agent's process, seen from the node").hasSize(1);

    var killedAt = Instant.now();
    agent.forEach(ProcessHandle::destroyForcibly);

    await("the probes of the killed agent gone")
        .atMost(Duration.ofSeconds(10))
        .until(() -> probes.stream().noneMatch(ProcessHandle::isAlive));
    await("the interrupted snapshot, taken by a new agent")
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(
            () -> assertThat(snapshot().phase()).as("%s", snapshot()).isEqualTo(Phase.COMPLETED));
    assertThat(Instant.parse(snapshot().startedAt())).isAfter(killedAt);
    assertThat(snapshot().artifacts())
        .singleElement()
        .satisfies(
            artifact -> {
              assertThat(artifact.state()).isEqualTo(State.TAKEN);
              assertThat(artifact.size()).isPositive();
              assertThat(artifact.sha256()).matches("[0-9a-f]{64}");
            });
    await("a new agent with probes of its own")
        .atMost(Duration.ofMinutes(3))
        .until(() -> AgentProcesses.bpftrace().size() == 1 && everythingIsAttached());
  }

  private MemorySnapshotStatus snapshot() {
    return shop.client()
        .resources(MemorySnapshot.class)
        .inNamespace(shop.namespace())
        .withName(SNAPSHOT)
        .require()
        .getStatus();
  }

  private void orderALongWindow() {
    shop.apply(
        """
        apiVersion: heapwarden.dev/v1alpha1
        kind: MemorySnapshot
        metadata: {name: %s}
        spec: {pod: %s, container: sessions, kinds: [MapGrowth], window: 30s}
        """
            .formatted(SNAPSHOT, shop.pods(Shop.LEAKING).getFirst().getMetadata().getName()));
  }

  private boolean everythingIsAttached() {
    var policy =
        shop.client()
            .resources(MemoryPolicy.class)
            .inNamespace(shop.namespace())
            .withName(Shop.LEAKING)
            .require();
    var status = policy.getStatus();
    return status != null && status.containers() == 2 && status.attached() == 2;
  }

  /** As a snapshot's is; of the node's there may be two for a moment. */
  private static boolean isOfOneProcess(ProcessHandle bpftrace) {
    return AgentProcesses.has(bpftrace, "-p");
  }
}
