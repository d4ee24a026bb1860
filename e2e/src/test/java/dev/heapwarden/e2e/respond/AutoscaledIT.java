package dev.heapwarden.e2e.respond;

import static dev.heapwarden.e2e.respond.Responses.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.operator.respond.action.AddReplicas;
import dev.heapwarden.operator.respond.guard.Ruling;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Replicas are added where a HorizontalPodAutoscaler of the real controller decides on them. It has
 * no metrics here, as on a cluster whose metrics are down.
 */
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ClusterExtension.class)
class AutoscaledIT extends InAShop {
  AutoscaledIT(KubernetesClient client) {
    super(client);
  }

  @Test
  void theAutoscalerIsAskedForMoreReplicasAndUndoPutsItsMinimumBack() {
    var shop = open("autoscaled", "Deployment", "");
    var autoscaler = autoscaler(shop, "minReplicas: 2", 10);
    autoscaler.create();
    var incidents = incident(shop);

    var status = until(incidents, s -> s.phase() == Phase.VERIFYING);
    assertThat(step(status, "AddReplicas").message())
        .isEqualTo("minReplicas 3 instead of 2: 3 replicas, all available");
    assertThat(minimum(autoscaler)).isEqualTo(3);
    assertThat(shop.deployment().getStatus().getAvailableReplicas()).isEqualTo(3);
    assertThat(shop.managedBy(Leak.MANAGER)).as("the Deployment itself").isFalse();

    incidents.askForUndo();
    status = until(incidents, s -> s.phase() == Phase.ROLLED_BACK);
    assertThat(step(status, "AddReplicas").message()).contains("minReplicas back to 2");
    assertThat(minimum(autoscaler)).isEqualTo(2);
    assertThat(autoscaler.get().getMetadata().getManagedFields())
        .extracting(io.fabric8.kubernetes.api.model.ManagedFieldsEntry::getManager)
        .doesNotContain(Leak.MANAGER);
  }

  @Test
  void undoLeavesAloneAMinimumThatSomebodySetSince() {
    var shop = open("autoscaled-since", "Deployment", "");
    var autoscaler = autoscaler(shop, "minReplicas: 2", 10);
    autoscaler.create();
    var incidents = incident(shop);
    until(incidents, s -> s.phase() == Phase.VERIFYING);
    autoscaler.edit(
        found -> {
          found.getSpec().setMinReplicas(4);
          return found;
        });

    incidents.askForUndo();
    var status = until(incidents, s -> s.phase() == Phase.ROLLED_BACK);
    assertThat(step(status, "AddReplicas").message()).contains("4 minReplicas are not ours");
    assertThat(minimum(autoscaler)).isEqualTo(4);
  }

  @Test
  void aMinimumThatSomebodyAppliesIsOnlySuggested() {
    var shop = open("autoscaled-applied", "Deployment", "");
    var autoscaler = autoscaler(shop, "minReplicas: 2", 10);
    autoscaler.fieldManager("flux").serverSideApply();

    var status = until(incident(shop), s -> s.steps().stream().anyMatch(AutoscaledIT::adds));
    assertThat(step(status, "AddReplicas").state()).isEqualTo(State.SUGGESTED);
    assertThat(step(status, "AddReplicas").message()).contains("applied by field manager flux");
    assertThat(step(status, "AddReplicas").patch()).contains("minReplicas: 3");
    assertThat(minimum(autoscaler)).isEqualTo(2);
  }

  /** Who applies an autoscaler without naming its minimum does not mean it to stay at 1. */
  @Test
  void anAppliedAutoscalerWhoseMinimumNobodyNamesIsRaisedUpToItsMaximum() {
    var shop = open("autoscaled-unnamed", "Deployment", "");
    var autoscaler = autoscaler(shop, "", 3);
    autoscaler.fieldManager("flux").serverSideApply();
    var incidents = incident(shop);

    until(incidents, s -> s.phase() == Phase.VERIFYING);
    assertThat(minimum(autoscaler)).isEqualTo(3);
    autoscaler.fieldManager("flux").serverSideApply();
    assertThat(minimum(autoscaler)).as("their next apply meets no conflict").isEqualTo(3);

    incidents.askForUndo();
    until(incidents, s -> s.phase() == Phase.ROLLED_BACK);
    assertThat(minimum(autoscaler)).isEqualTo(1);
  }

  private static boolean adds(dev.heapwarden.crds.incident.Step step) {
    return step.action().equals("AddReplicas");
  }

  private static StoredIncidents incident(Shop shop) {
    return new StoredIncidents(
        Leak.ofCheckout(shop, "Deployment", shop.servingPods().iterator().next()));
  }

  private LeakIncidentStatus until(
      StoredIncidents incidents, Predicate<LeakIncidentStatus> reached) {
    var response =
        Responses.of(
            client,
            List.of(new AddReplicas(client)),
            kind -> new Ruling.Go(),
            incidents,
            InstantSource.system());
    return Responses.until(SOON, response, incidents, Leak.enforced(3), reached);
  }

  private static Integer minimum(Resource<HorizontalPodAutoscaler> autoscaler) {
    return autoscaler.get().getSpec().getMinReplicas();
  }

  private Resource<HorizontalPodAutoscaler> autoscaler(Shop shop, String minimum, int max) {
    return client.resource(
        Serialization.unmarshal(
            """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: checkout, namespace: %s}
            spec:
              %s
              maxReplicas: %d
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: checkout}
              metrics:
              - type: Resource
                resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}
            """
                .formatted(shop.namespace(), minimum, max),
            HorizontalPodAutoscaler.class));
  }
}
