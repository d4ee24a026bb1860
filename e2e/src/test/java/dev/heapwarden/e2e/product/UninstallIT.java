package dev.heapwarden.e2e.product;

import static dev.heapwarden.e2e.product.LeakingOrders.NOT_ISOLATED;
import static dev.heapwarden.e2e.product.LeakingOrders.PAUSE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.e2e.scenario.Installation;
import dev.heapwarden.e2e.scenario.Kubectl;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What {@code docs/install.md} says to whoever installed without Helm. */
@Isolated("it takes the product away")
@Order(35)
@WithTheProduct
class UninstallIT {
  private static final Path MANIFESTS = Path.of(System.getProperty("heapwarden.root"), "manifests");
  private static final String UNINSTALL = MANIFESTS.resolve("uninstall.yaml").toString();

  private final Kubectl kubectl;
  private final LeakingOrders orders;

  UninstallIT(KubernetesClient client, Cluster cluster) {
    this.kubectl = Kubectl.with(cluster.kubeconfig());
    this.orders = LeakingOrders.of(client, kubectl);
  }

  @BeforeEach
  void open() {
    orders.open("Approve");
  }

  /** Whoever comes next installs the product again. */
  @AfterEach
  void close() {
    kubectl.run("delete", "--ignore-not-found", "-f", UNINSTALL);
    orders.close();
  }

  @Test
  void uninstallYamlUndoesAndEndsTheOperator() {
    var before = orders.deployment().getSpec().getTemplate();
    orders.leak(NOT_ISOLATED);
    orders.respond("{\"approvedLevel\": 3}");
    orders.until("it is verified", status -> status.phase() == Phase.VERIFYING);
    assertThat(orders.environment()).contains("JAVA_TOOL_OPTIONS", PAUSE);

    kubectl.run("apply", "-f", UNINSTALL);
    kubectl.run(
        "-n",
        Installation.NAMESPACE,
        "wait",
        "--for=condition=complete",
        "job/heapwarden-uninstall",
        "--timeout=5m");

    assertThat(orders.incident().getStatus().phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(orders.incident().getFinalizers()).isEmpty();
    assertThat(finalizersOfPolicies()).isEmpty();
    assertThat(orders.deployment().getSpec().getTemplate()).isEqualTo(before);
    assertThat(operators()).isEmpty();
  }

  private String finalizersOfPolicies() {
    return kubectl.run(
        "get",
        "memorypolicies",
        "--all-namespaces",
        "--output=jsonpath={.items[*].metadata.finalizers}");
  }

  private String operators() {
    return kubectl.run(
        "-n",
        Installation.NAMESPACE,
        "get",
        "pods",
        "--selector=app.kubernetes.io/component=operator",
        "--ignore-not-found",
        "--output=name");
  }
}
