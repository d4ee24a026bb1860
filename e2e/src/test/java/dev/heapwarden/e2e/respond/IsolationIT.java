package dev.heapwarden.e2e.respond;

import static dev.heapwarden.e2e.respond.Responses.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.e2e.scenario.Installation;
import dev.heapwarden.operator.respond.action.Acted;
import dev.heapwarden.operator.respond.action.IsolatePod;
import dev.heapwarden.operator.respond.action.SampleInstances;
import dev.heapwarden.operator.respond.action.Seen;
import dev.heapwarden.operator.respond.action.Situation;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Level 2 on a real cluster, without an agent and without detection. */
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ClusterExtension.class)
class IsolationIT extends InAShop {
  private Duration later = Duration.ZERO;

  IsolationIT(KubernetesClient client) {
    super(client);
  }

  @Test
  void theIsolatedPodLivesOutsideItsServicesAndIsReplaced() {
    var shop = open("respond-isolate", "Deployment", "");
    var leaking = shop.servingPods().stream().sorted().findFirst().orElseThrow();
    var incidents = new StoredIncidents(Leak.ofCheckout(shop, "Deployment", leaking));

    var ended = until(incidents, Leak.enforced(2), status -> status.phase().terminal());
    assertThat(step(ended, "Isolate").state()).isEqualTo(State.DONE);
    assertThat(ended.outcome()).startsWith("maxLevel 2 reached");

    var pod = shop.pod(leaking);
    assertThat(pod.getMetadata().getLabels())
        .containsEntry("app", "checkout.heapwarden-quarantine")
        .containsEntry("exposed", "true.heapwarden-quarantine")
        .containsEntry("team", "till")
        .containsEntry(Api.QUARANTINE_LABEL, Leak.OF_CHECKOUT);
    assertThat(pod.getMetadata().getOwnerReferences()).isEmpty();
    assertThat(pod.getStatus().getPhase()).isEqualTo("Running");
    Shop.within(SOON).until(() -> shop.servingPods().size() == 2);
    assertThat(shop.endpoints("checkout")).doesNotContain(leaking);
    assertThat(shop.endpoints("public")).doesNotContain(leaking);

    incidents.askForUndo();
    var undone = until(incidents, Leak.enforced(2), status -> status.phase() == Phase.ROLLED_BACK);
    assertThat(step(undone, "Isolate").message()).contains("labels are put back");
    Shop.within(SOON).until(() -> shop.pods(Map.of("app", "checkout")).size() == 2);
    assertThat(shop.pods(Map.of(Api.QUARANTINE_LABEL, Leak.OF_CHECKOUT))).isEmpty();
  }

  @Test
  void theIsolatedPodIsCutOffWhereThePolicySaysSoAndNothingOfThatStays() throws Exception {
    var shop = open("respond-deny", "Deployment", "");
    var leaking = shop.servingPods().stream().sorted().findFirst().orElseThrow();
    var incident = Leak.ofCheckout(shop, "Deployment", leaking);
    incident.getMetadata().setUid(created(incident).getMetadata().getUid());
    var incidents = new StoredIncidents(incident);

    var ended = until(incidents, Leak.denyingNetwork(2), status -> status.phase().terminal());
    assertThat(step(ended, "Isolate").state()).isEqualTo(State.DONE);
    assertThat(step(ended, "Isolate").message()).contains("talks to nobody");
    var policy = networkPolicies(shop).getFirst();
    assertThat(policy.getMetadata().getName()).isEqualTo("heapwarden-" + Leak.OF_CHECKOUT);
    assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
    assertThat(policy.getSpec().getIngress()).isEmpty();
    assertThat(policy.getSpec().getEgress()).isEmpty();
    assertThat(shop.pods(policy.getSpec().getPodSelector().getMatchLabels()))
        .extracting(pod -> pod.getMetadata().getName())
        .containsExactly(leaking);

    incidents.askForUndo();
    until(incidents, Leak.denyingNetwork(2), status -> status.phase() == Phase.ROLLED_BACK);
    assertThat(networkPolicies(shop)).isEmpty();
  }

  /** No agent takes the snapshot: it ends when it is deleted. */
  @Test
  void whileEvidenceIsTakenTheIsolatedPodIsNotEvicted() throws Exception {
    var shop = open("respond-evict", "Deployment", "");
    var leaking = shop.servingPods().stream().sorted().findFirst().orElseThrow();
    var incident = Leak.ofCheckout(shop, "Deployment", leaking);
    incident.getMetadata().setUid(created(incident).getMetadata().getUid());
    var incidents = new StoredIncidents(incident);
    until(incidents, Leak.enforced(2), status -> status.phase().terminal());
    var pod = client.pods().inNamespace(shop.namespace()).withName(leaking);

    var sample = new SampleInstances(client);
    var situation = new Situation(incidents.get(), Leak.enforced(2), Instant.now());
    var snapshot = Leak.OF_CHECKOUT + "-l2";
    var step =
        new Step(
            "SampleInstances",
            2,
            State.INTENDED,
            "memorysnapshot/" + snapshot,
            null,
            null,
            Map.of("pod", leaking, "className", "Orders$OrderKey"),
            Instant.now().toString(),
            null,
            null);
    assertThat(sample.act(situation, step)).isEqualTo(new Acted.Yes());

    assertThat(sample.look(situation, step)).isInstanceOf(Seen.NotYet.class);
    assertThat(pod.evict()).isFalse();
    assertThat(pod.get()).isNotNull();

    client
        .resources(MemorySnapshot.class)
        .inNamespace(shop.namespace())
        .withName(snapshot)
        .delete();
    assertThat(sample.look(situation, step)).isInstanceOf(Seen.Failed.class);
    assertThat(pod.evict()).isTrue();
  }

  private List<NetworkPolicy> networkPolicies(Shop shop) {
    return client.network().v1().networkPolicies().inNamespace(shop.namespace()).list().getItems();
  }

  /** What is owned by an incident that the API server does not know is deleted at once. */
  private LeakIncident created(LeakIncident incident) throws IOException {
    for (var kind : List.of("leakincidents", "memorysnapshots")) {
      try (var crd =
          Files.newInputStream(
              Path.of(
                  System.getProperty("heapwarden.root"), "manifests/chart/crds", kind + ".yaml"))) {
        client.load(crd).items().forEach(new Installation(client)::apply);
      }
    }
    return client.resource(incident).create();
  }

  @Test
  void theIsolatedPodIsDeletedWhenItsTimeIsOver() {
    var shop = open("respond-ttl", "Deployment", "");
    var leaking = shop.servingPods().stream().sorted().findFirst().orElseThrow();
    var incidents = new StoredIncidents(Leak.ofCheckout(shop, "Deployment", leaking));
    until(incidents, Leak.enforced(2), status -> status.phase().terminal());
    later = Duration.ofMinutes(61);
    var expired =
        until(
            incidents, Leak.enforced(2), status -> step(status, "Isolate").state() == State.UNDONE);
    assertThat(step(expired, "Isolate").message()).contains("then deleted");
    Shop.within(SOON)
        .until(() -> shop.pods(Map.of(Api.QUARANTINE_LABEL, Leak.OF_CHECKOUT)).isEmpty());
    assertThat(incidents.get().getMetadata().getFinalizers()).isEmpty();
  }

  @Test
  void aStatefulSetsPodStaysWhereItIs() {
    var shop = open("respond-stateful", "StatefulSet", "");
    var status =
        until(
            new StoredIncidents(Leak.ofCheckout(shop, "StatefulSet", "checkout-0")),
            Leak.enforced(3),
            s -> s.phase().terminal());
    assertThat(step(status, "Isolate").message()).startsWith("OwnerCannotReplace");
    assertThat(status.phase()).isEqualTo(Phase.NEEDS_HUMAN);
    assertThat(shop.servingPods()).isEqualTo(Set.of("checkout-0", "checkout-1"));
  }

  @Test
  void aPodDisruptionBudgetHoldsTheIsolationBack() {
    var shop = open("respond-budget", "Deployment", "");
    var budget =
        new PodDisruptionBudgetBuilder()
            .withNewMetadata()
            .withName("checkout")
            .withNamespace(shop.namespace())
            .endMetadata()
            .withNewSpec()
            .withMinAvailable(new IntOrString(2))
            .withNewSelector()
            .addToMatchLabels("app", "checkout")
            .endSelector()
            .endSpec()
            .build();
    client.resource(budget).create();
    var incident = Leak.ofCheckout(shop, "Deployment", shop.servingPods().iterator().next());
    var incidents = new StoredIncidents(incident);
    var status = until(incidents, Leak.enforced(2), s -> waits(s, "PodDisruptionBudget checkout"));
    assertThat(status.phase()).isEqualTo(Phase.OPEN);
    later = Duration.ofMinutes(6);
    var ended = until(incidents, Leak.enforced(2), s -> s.phase().terminal());
    assertThat(step(ended, "Isolate").state()).isEqualTo(State.REFUSED);
    assertThat(shop.servingPods()).hasSize(2);
  }

  @Test
  void ofTwoPodsThatAreToBeIsolatedAtOnceOneStays() throws Exception {
    var shop = open("respond-at-once", "Deployment", "");
    var isolation = new IsolatePod(client);
    var acts =
        shop.servingPods().stream()
            .<Callable<Acted>>map(
                pod -> {
                  var incident = Leak.ofCheckout(shop, "Deployment", pod);
                  var situation = new Situation(incident, Leak.enforced(2), Instant.now());
                  var step = Responses.intended(isolation, situation);
                  return () -> isolation.act(situation, step);
                })
            .toList();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var outcomes = new ArrayList<Acted>();
      for (var outcome : threads.invokeAll(acts)) {
        outcomes.add(outcome.get());
      }
      assertThat(outcomes)
          .contains(new Acted.Yes())
          .anySatisfy(
              outcome ->
                  assertThat(outcome)
                      .isInstanceOfSatisfying(
                          Acted.Again.class,
                          again -> assertThat(again.reason()).startsWith("LastReadyReplica")));
    }
    assertThat(shop.pods(Map.of(Api.QUARANTINE_LABEL, Leak.OF_CHECKOUT))).hasSize(1);
  }

  private LeakIncidentStatus until(
      StoredIncidents incidents, MemoryPolicy policy, Predicate<LeakIncidentStatus> reached) {
    var response = Responses.of(client, incidents, () -> Instant.now().plus(later));
    return Responses.until(SOON, response, incidents, policy, reached);
  }

  private static boolean waits(LeakIncidentStatus status, String reason) {
    var waitingFor = status.waitingFor();
    return waitingFor != null && waitingFor.contains(reason);
  }
}
