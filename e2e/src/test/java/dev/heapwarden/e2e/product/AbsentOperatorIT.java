package dev.heapwarden.e2e.product;

import static dev.heapwarden.e2e.product.LeakingOrders.NOT_ISOLATED;
import static dev.heapwarden.e2e.product.LeakingOrders.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.e2e.scenario.Installation;
import dev.heapwarden.e2e.scenario.Kubectl;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A policy that is deleted while no operator runs waits for one. */
@Isolated("it ends the operator")
@Order(34)
@Tag("matrix")
@WithTheProduct
class AbsentOperatorIT {
  /** The step of a memory limit that was raised. */
  private static final String RAISED =
      ", {action: ResizeMemory, level: 3, state: Done, object: deployment/orders, undo:"
          + " {pod/POD_NAME: POD_UID 384Mi 480Mi, actedAt: \"NOW\"}, intendedAt: \"NOW\","
          + " settledAt: \"NOW\"}";

  private final LeakingOrders orders;

  AbsentOperatorIT(KubernetesClient client, Cluster cluster) {
    orders = LeakingOrders.of(client, Kubectl.with(cluster.kubeconfig()));
  }

  @BeforeEach
  void open() {
    orders.open("Approve");
  }

  @AfterEach
  void close() {
    startOperator();
    orders.close();
  }

  /** Only of a policy that is still there is known what its containers use. */
  @Test
  void aRaisedMemoryLimitIsSetBackBeforeThePolicyGoes() {
    orders.leak(NOT_ISOLATED + RAISED);
    kubectl(
        "patch",
        "leakincident",
        "orders-approve",
        "--type=merge",
        "--patch={\"metadata\": {\"finalizers\": [\"heapwarden.dev/undo\"]}}");
    raise();
    await("the policy is held")
        .atMost(Duration.ofMinutes(2))
        .until(() -> policy().contains("heapwarden.dev/undo"));
    endOperator();

    kubectl("delete", "memorypolicy", "orders", "--wait=false");
    assertThat(policy()).contains("deletionTimestamp");
    assertThat(limit()).isEqualTo("480Mi");
    startOperator();

    kubectl("wait", "--for=delete", "memorypolicy/orders", "--timeout=4m");
    assertThat(limit()).isEqualTo("384Mi");
    var undone = orders.incident().getStatus();
    assertThat(step(undone, "ResizeMemory").state()).isEqualTo(Step.State.UNDONE);
    assertThat(undone.phase()).isEqualTo(Phase.ROLLED_BACK);
  }

  /** As a response does. */
  private void raise() {
    kubectl(
        "patch",
        kubectl("get", "pods", "--selector=app=orders", "--output=name").strip(),
        "--subresource=resize",
        "--field-manager=heapwarden-orders-approve",
        "--patch={\"spec\": {\"containers\": [{\"name\": \"orders\", \"resources\":"
            + " {\"limits\": {\"memory\": \"480Mi\"}}}]}}");
  }

  private String limit() {
    return kubectl(
        "get",
        "pods",
        "--selector=app=orders",
        "--output=jsonpath={.items[*].spec.containers[*].resources.limits.memory}");
  }

  private String policy() {
    return kubectl("get", "memorypolicy", "orders", "--output=yaml");
  }

  private void endOperator() {
    operator("scale", "deployment/heapwarden-operator", "--replicas=0");
    operator(
        "wait",
        "--for=delete",
        "pods",
        "--selector=app.kubernetes.io/component=operator",
        "--timeout=1m");
  }

  private void startOperator() {
    operator("scale", "deployment/heapwarden-operator", "--replicas=2");
    operator("rollout", "status", "deployment/heapwarden-operator", "--timeout=2m");
  }

  private void operator(String... arguments) {
    var command = new ArrayList<>(List.of("-n", Installation.NAMESPACE));
    command.addAll(List.of(arguments));
    orders.kubectl().run(command.toArray(String[]::new));
  }

  private String kubectl(String... arguments) {
    var command = new ArrayList<>(List.of("-n", orders.namespace()));
    command.addAll(List.of(arguments));
    return orders.kubectl().run(command.toArray(String[]::new));
  }
}
