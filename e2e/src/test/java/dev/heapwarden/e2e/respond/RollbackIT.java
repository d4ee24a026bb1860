package dev.heapwarden.e2e.respond;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.operator.respond.Response;
import dev.heapwarden.operator.respond.action.IsolatePod;
import dev.heapwarden.operator.respond.action.PatchEnvironment;
import dev.heapwarden.operator.respond.action.SampleInstances;
import dev.heapwarden.operator.respond.guard.Ruling;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * An intervention that breaks the program: the cluster is as it was before, and the reason said.
 */
@ExtendWith(ClusterExtension.class)
class RollbackIT {
  private final KubernetesClient client;
  private Optional<Shop> opened = Optional.empty();

  RollbackIT(KubernetesClient client) {
    this.client = client;
  }

  @AfterEach
  void close() {
    opened.ifPresent(Shop::close);
  }

  @Test
  void aVariableWithWhichNewPodsNeverBecomeReadyIsTakenBack() {
    var shop = Shop.openFragile(client, "respond-rollback");
    opened = Optional.of(shop);
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
    assertThat(shop.managedBy(Api.FIELD_MANAGER_PREFIX + "checkout-leak")).isFalse();
    assertThat(shop.servingPods()).as("the old pods served all the time").isEqualTo(serving);
  }

  /** Without isolation: that is for others to test. */
  private LeakIncidentStatus respond(Shop shop, String leaking) {
    var incidents = new StoredIncidents(ResponseIT.incident(shop, "Deployment", leaking));
    var response =
        new Response(
            new Response.Actions(
                new TakenSnapshot(),
                new IsolatePod(client),
                new SampleInstances(client),
                List.of(new PatchEnvironment(client, new AssumedInForce()))),
            kind -> kind.level() == 2 ? new Ruling.Never("not installed") : new Ruling.Go(),
            incidents,
            (workload, container) -> List.of(),
            (about, reason, message) -> {},
            InstantSource.system(),
            Duration.ofDays(30));
    Shop.within(Duration.ofSeconds(90))
        .until(
            () -> {
              response.advance(incidents.get(), Optional.of(ResponseIT.policy(3)));
              return incidents.get().getStatus().phase().terminal();
            });
    return incidents.get().getStatus();
  }
}
