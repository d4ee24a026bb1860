package dev.heapwarden.e2e.respond;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.operator.respond.action.PatchEnvironment;
import dev.heapwarden.operator.respond.guard.Ruling;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * An intervention that breaks the program: the cluster is as it was before, and the reason said.
 */
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ClusterExtension.class)
class RollbackIT extends InAShop {
  RollbackIT(KubernetesClient client) {
    super(client);
  }

  @Test
  void aVariableWithWhichNewPodsNeverBecomeReadyIsTakenBack() {
    var shop = openFragile("respond-rollback");
    var before = shop.deployment();
    var serving = shop.servingPods();

    var status = respond(shop, serving.iterator().next());

    assertThat(status.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(status.outcome()).startsWith("failed: ProgressDeadlineExceeded");
    assertThat(status.steps())
        .filteredOn(step -> step.action().equals("PatchEnvironment"))
        .singleElement()
        .satisfies(
            step -> {
              assertThat(step.state()).isEqualTo(Step.State.UNDONE);
              assertThat(step.message()).contains("the new pods do not become ready");
            });
    assertThat(shop.deployment().getSpec()).isEqualTo(before.getSpec());
    assertThat(shop.managedBy(Leak.MANAGER)).isFalse();
    assertThat(shop.servingPods()).as("the old pods served all the time").isEqualTo(serving);
  }

  /** Without isolation: that is for others to test. */
  private LeakIncidentStatus respond(Shop shop, String leaking) {
    var incidents = new StoredIncidents(Leak.ofCheckout(shop, "Deployment", leaking));
    var response =
        Responses.of(
            client,
            List.of(new PatchEnvironment(client, new AssumedInForce(), (_, _) -> List.of())),
            kind -> kind.level() == 2 ? new Ruling.Never("not installed") : new Ruling.Go(),
            incidents,
            InstantSource.system());
    return Responses.until(
        Duration.ofSeconds(90),
        response,
        incidents,
        Leak.enforced(3),
        status -> status.phase().terminal());
  }
}
