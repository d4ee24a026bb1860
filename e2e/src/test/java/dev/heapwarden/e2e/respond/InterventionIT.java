package dev.heapwarden.e2e.respond;

import static dev.heapwarden.e2e.respond.Responses.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.operator.respond.action.Acted;
import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.action.AddReplicas;
import dev.heapwarden.operator.respond.action.PatchEnvironment;
import dev.heapwarden.operator.respond.action.Situation;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Level 3 on a real cluster, as one rollout, without an agent and without detection. */
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ClusterExtension.class)
class InterventionIT extends InAShop {
  InterventionIT(KubernetesClient client) {
    super(client);
  }

  @Test
  void theInterventionIsOneRolloutAndUndoLeavesNothing() {
    var shop = open("respond-intervene", "Deployment", "{name: PORT, value: \"8080\"}");
    var leaking = shop.servingPods().stream().sorted().findFirst().orElseThrow();
    var incidents = new StoredIncidents(Leak.ofCheckout(shop, "Deployment", leaking));
    var before = shop.deployment();

    var status = until(incidents, Leak.enforced(3), s -> s.phase() == Phase.VERIFYING);
    assertThat(status.level()).isEqualTo(3);
    assertThat(shop.environment())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "PORT", "8080", "GOMEMLIMIT", "241591910", "GOGC", "20", "GODEBUG", "gctrace=1"));
    assertThat(shop.managedBy(Leak.MANAGER)).isTrue();
    assertThat(shop.deployment().getSpec().getReplicas()).isEqualTo(3);
    assertThat(shop.deployment().getStatus().getAvailableReplicas()).isEqualTo(3);
    assertThat(client.apps().replicaSets().inNamespace(shop.namespace()).list().getItems())
        .as("the old ReplicaSet and one new one: one rollout")
        .hasSize(2);

    incidents.askForUndo();
    until(incidents, Leak.enforced(3), s -> s.phase() == Phase.ROLLED_BACK);
    assertThat(shop.environment()).isEqualTo(Map.of("PORT", "8080"));
    assertThat(shop.managedBy(Leak.MANAGER)).isFalse();
    assertThat(shop.deployment().getSpec()).isEqualTo(before.getSpec());
    Shop.within(SOON)
        .until(() -> shop.pods(Map.of(Api.QUARANTINE_LABEL, Leak.OF_CHECKOUT)).isEmpty());
  }

  @Test
  void whatSomebodyElseSetIsOnlySuggested() {
    var shop = open("respond-owned", "Deployment", "{name: GOGC, value: \"50\"}");
    var incident = Leak.ofCheckout(shop, "Deployment", shop.servingPods().iterator().next());
    var before = shop.deployment();
    var status =
        until(
            new StoredIncidents(incident),
            Leak.enforced(3),
            s -> s.steps().stream().anyMatch(step -> step.action().equals("PatchEnvironment")));
    var step = step(status, "PatchEnvironment");
    assertThat(step.state()).isEqualTo(State.SUGGESTED);
    assertThat(step.message()).contains("GOGC");
    assertThat(step.patch()).contains("GOMEMLIMIT").contains("241591910");
    assertThat(shop.deployment().getSpec().getTemplate()).isEqualTo(before.getSpec().getTemplate());
  }

  @Test
  void replicasThatSomebodyAppliesAreOnlySuggested() {
    var shop = open("respond-applied", "Deployment", "");
    var applied =
        new DeploymentBuilder()
            .withNewMetadata()
            .withName("checkout")
            .withNamespace(shop.namespace())
            .endMetadata()
            .withNewSpec()
            .withReplicas(2)
            .endSpec()
            .build();
    client.resource(applied).fieldManager("argocd-controller").serverSideApply();
    var incident = Leak.ofCheckout(shop, "Deployment", shop.servingPods().iterator().next());
    var status =
        until(
            new StoredIncidents(incident),
            Leak.enforced(3),
            s -> s.steps().stream().anyMatch(step -> step.action().equals("AddReplicas")));
    var step = step(status, "AddReplicas");
    assertThat(step.state()).isEqualTo(State.SUGGESTED);
    assertThat(step.message()).contains("applied by field manager argocd-controller");
    assertThat(shop.deployment().getSpec().getReplicas()).isEqualTo(2);
  }

  @Test
  void whatIsDeclaredInGitIsOnlySuggestedWithItsPatch() {
    var shop = open("respond-gitops", "Deployment", "");
    client
        .resource(shop.deployment())
        .edit(
            deployment ->
                new DeploymentBuilder(deployment)
                    .editMetadata()
                    .addToLabels("kustomize.toolkit.fluxcd.io/name", "shop")
                    .endMetadata()
                    .build());
    var before = shop.deployment();
    var incident = Leak.ofCheckout(shop, "Deployment", shop.servingPods().iterator().next());
    var status =
        until(new StoredIncidents(incident), Leak.enforced(3), s -> s.phase() == Phase.NEEDS_HUMAN);
    assertThat(step(status, "Isolate").state()).as("a pod is in no Git").isEqualTo(State.DONE);
    assertThat(status.steps())
        .filteredOn(step -> step.level() == 3)
        .hasSize(2)
        .allSatisfy(
            step -> {
              assertThat(step.state()).isEqualTo(State.SUGGESTED);
              assertThat(step.message()).startsWith("Owned: Flux keeps it");
              assertThat(step.patch()).isNotEmpty();
            });
    assertThat(step(status, "PatchEnvironment").patch()).contains("GOMEMLIMIT");
    assertThat(shop.deployment().getSpec()).isEqualTo(before.getSpec());
    assertThat(shop.managedBy(Leak.MANAGER)).isFalse();
  }

  @Test
  void dryRunShowsTheExactPatchAndChangesNothing() {
    var shop = open("respond-dryrun", "Deployment", "");
    var incident = Leak.ofCheckout(shop, "Deployment", shop.servingPods().iterator().next());
    var before = shop.deployment();
    var policy = Leak.policy(Mode.DRY_RUN, 3);
    var incidents = new StoredIncidents(incident);
    var status = until(incidents, policy, s -> s.steps().size() == 4);
    assertThat(status.steps()).allMatch(step -> step.state() == State.PLANNED);
    assertThat(step(status, "Isolate").patch()).contains("heapwarden-quarantine");
    assertThat(step(status, "PatchEnvironment").patch()).contains("GOMEMLIMIT");
    assertThat(shop.deployment().getMetadata().getGeneration())
        .isEqualTo(before.getMetadata().getGeneration());
    assertThat(shop.managedBy(Leak.MANAGER)).isFalse();
    assertThat(shop.pods(Map.of(Api.QUARANTINE_LABEL, Leak.OF_CHECKOUT))).isEmpty();
  }

  @Test
  void anActThatIsRepeatedAfterACrashIsRecognisedAsDone() {
    var shop = open("respond-crash", "Deployment", "");
    var incident = Leak.ofCheckout(shop, "Deployment", shop.servingPods().iterator().next());
    var actions =
        List.<Action>of(
            new AddReplicas(client),
            new PatchEnvironment(client, new AssumedInForce(), (_, _) -> List.of()));
    for (var action : actions) {
      var situation = new Situation(incident, Leak.enforced(3), Instant.now());
      var step = Responses.intended(action, situation);
      action.act(situation, step);
      var once = shop.deployment();
      assertThat(action.act(situation, step)).isEqualTo(new Acted.Yes());
      assertThat(shop.deployment().getMetadata().getGeneration())
          .isEqualTo(once.getMetadata().getGeneration());
    }
    assertThat(shop.deployment().getSpec().getReplicas()).isEqualTo(3);
  }

  @Test
  void undoLeavesAloneWhatSomebodyScaledAwayAndBack() {
    var shop = open("respond-scaled-back", "Deployment", "");
    var incident = Leak.ofCheckout(shop, "Deployment", shop.servingPods().iterator().next());
    var incidents = new StoredIncidents(incident);
    until(incidents, Leak.enforced(3), s -> s.phase() == Phase.VERIFYING);
    var deployment = client.apps().deployments().inNamespace(shop.namespace()).withName("checkout");
    deployment.scale(4);
    deployment.scale(3);
    incidents.askForUndo();
    var status = until(incidents, Leak.enforced(3), s -> s.phase() == Phase.ROLLED_BACK);
    assertThat(step(status, "AddReplicas").message()).contains("3 replicas are not ours");
    assertThat(shop.deployment().getSpec().getReplicas()).isEqualTo(3);
  }

  @Test
  void undoLeavesAloneWhatSomebodyScaledSince() {
    var shop = open("respond-scaled", "Deployment", "");
    var incident = Leak.ofCheckout(shop, "Deployment", shop.servingPods().iterator().next());
    var incidents = new StoredIncidents(incident);
    until(incidents, Leak.enforced(3), s -> s.phase() == Phase.VERIFYING);
    client.apps().deployments().inNamespace(shop.namespace()).withName("checkout").scale(4);
    incidents.askForUndo();
    var status = until(incidents, Leak.enforced(3), s -> s.phase() == Phase.ROLLED_BACK);
    assertThat(step(status, "AddReplicas").message()).contains("4 replicas are not ours");
    assertThat(shop.deployment().getSpec().getReplicas()).isEqualTo(4);
    assertThat(shop.environment()).isEmpty();
  }

  private LeakIncidentStatus until(
      StoredIncidents incidents, MemoryPolicy policy, Predicate<LeakIncidentStatus> reached) {
    var response = Responses.of(client, incidents, InstantSource.system());
    return Responses.until(SOON, response, incidents, policy, reached);
  }
}
