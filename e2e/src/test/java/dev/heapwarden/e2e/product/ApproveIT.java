package dev.heapwarden.e2e.product;

import static dev.heapwarden.e2e.product.LeakingOrders.NOT_ISOLATED;
import static dev.heapwarden.e2e.product.LeakingOrders.PAUSE;
import static dev.heapwarden.e2e.product.LeakingOrders.step;
import static dev.heapwarden.e2e.product.LeakingOrders.waits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.e2e.scenario.Kubectl;
import io.fabric8.kubernetes.client.KubernetesClient;
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
  private final LeakingOrders orders;

  ApproveIT(KubernetesClient client, Cluster cluster) {
    orders = LeakingOrders.of(client, Kubectl.with(cluster.kubeconfig()));
  }

  @BeforeEach
  void open() {
    orders.open();
  }

  @AfterEach
  void close() {
    orders.close();
  }

  @Test
  void nothingIsDoneBeforeItIsApprovedAndUndoTakesItBack() {
    var before = orders.deployment().getSpec().getTemplate();
    orders.leak(NOT_ISOLATED);
    orders.until("level 1 is asked for", status -> waits(status, "AwaitingApproval: level 1"));
    assertThat(orders.incident().getStatus().steps())
        .noneMatch(step -> step.action().equals("Diagnose"));

    orders.respond("{\"approvedLevel\": 1}");
    var diagnosed =
        orders.until("level 3 is asked for", s -> waits(s, "AwaitingApproval: level 3"));
    assertThat(step(diagnosed, "Diagnose").state()).isEqualTo(Step.State.DONE);
    assertThat(orders.deployment().getSpec().getTemplate()).isEqualTo(before);

    orders.respond("{\"approvedLevel\": 3}");
    var patched = orders.until("it is verified", status -> status.phase() == Phase.VERIFYING);
    var step = step(patched, "PatchEnvironment");
    assertThat(step.state()).as(step.message()).isEqualTo(Step.State.DONE);
    assertThat(step.message()).contains("in force: " + PAUSE + " (seen in pod orders-");
    assertThat(orders.environment()).contains("JAVA_TOOL_OPTIONS", PAUSE);

    orders.respond("{\"undo\": true}");
    var undone = orders.until("it is rolled back", status -> status.phase() == Phase.ROLLED_BACK);
    assertThat(undone.outcome()).startsWith("undone as asked: PatchEnvironment undone");
    assertThat(orders.deployment().getSpec().getTemplate()).isEqualTo(before);
  }

  @Test
  void aDeletedPolicyTakesItBackToo() {
    var before = orders.deployment().getSpec().getTemplate();
    orders.leak(NOT_ISOLATED);
    orders.respond("{\"approvedLevel\": 3}");
    orders.until("it is verified", status -> status.phase() == Phase.VERIFYING);
    assertThat(orders.environment()).contains("JAVA_TOOL_OPTIONS", PAUSE);

    orders.deletePolicy();

    assertThat(orders.deployment().getSpec().getTemplate())
        .as("kubectl waits until it is undone")
        .isEqualTo(before);
    var undone = orders.until("it is rolled back", status -> status.phase() == Phase.ROLLED_BACK);
    assertThat(undone.outcome()).contains("MemoryPolicy was deleted");
    assertThat(orders.deployment().getSpec().getTemplate()).isEqualTo(before);
  }

  @Test
  void aPodIsIsolatedOnceLevelTwoIsApprovedAndUndoPutsItBack() {
    orders.scaleUp();
    orders.leak("");
    orders.respond("{\"approvedLevel\": 1}");
    orders.until("level 2 is asked for", status -> waits(status, "AwaitingApproval: level 2"));
    assertThat(orders.isolated()).isEmpty();

    orders.respond("{\"approvedLevel\": 2}");
    var status = orders.until("level 3 is asked for", s -> waits(s, "AwaitingApproval: level 3"));
    assertThat(step(status, "Isolate").state()).isEqualTo(Step.State.DONE);
    assertThat(orders.isolated()).hasSize(1);

    orders.respond("{\"undo\": true}");
    orders.until("it is rolled back", s -> s.phase() == Phase.ROLLED_BACK);
    assertThat(orders.isolated()).isEmpty();
  }
}
