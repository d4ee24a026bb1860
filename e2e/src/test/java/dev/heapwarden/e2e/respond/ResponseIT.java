package dev.heapwarden.e2e.respond;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.Diagnose;
import dev.heapwarden.crds.policy.GoSettings;
import dev.heapwarden.crds.policy.Intervene;
import dev.heapwarden.crds.policy.Isolate;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicySpec;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.Observe;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.crds.policy.Scale;
import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.operator.respond.Response;
import dev.heapwarden.operator.respond.action.Acted;
import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.action.AddReplicas;
import dev.heapwarden.operator.respond.action.IsolatePod;
import dev.heapwarden.operator.respond.action.PatchEnvironment;
import dev.heapwarden.operator.respond.action.Plan;
import dev.heapwarden.operator.respond.action.SampleInstances;
import dev.heapwarden.operator.respond.action.Situation;
import dev.heapwarden.operator.respond.guard.Ruling;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the response does to a real cluster, without an agent and without detection. */
@ExtendWith(ClusterExtension.class)
class ResponseIT {
  private static final String INCIDENT = "checkout-leak";
  private static final String MANAGER = Api.FIELD_MANAGER_PREFIX + INCIDENT;
  private static final Duration SOON = Duration.ofMinutes(2);

  private final KubernetesClient client;
  private Duration later = Duration.ZERO;
  private Optional<Shop> opened = Optional.empty();

  ResponseIT(KubernetesClient client) {
    this.client = client;
  }

  @AfterEach
  void close() {
    opened.ifPresent(Shop::close);
  }

  @Test
  void theIsolatedPodLivesOutsideItsServicesAndIsReplaced() {
    var shop = open("respond-isolate", "Deployment", "");
    var leaking = shop.servingPods().stream().sorted().findFirst().orElseThrow();
    var incidents = new StoredIncidents(incident(shop, "Deployment", leaking));

    var ended = until(incidents, policy(2), status -> status.phase().terminal());
    assertThat(step(ended, "Isolate").state()).isEqualTo(State.DONE);
    assertThat(ended.outcome()).startsWith("maxLevel 2 reached");

    var pod = shop.pod(leaking);
    assertThat(pod.getMetadata().getLabels())
        .containsEntry("app", "checkout.heapwarden-quarantine")
        .containsEntry("exposed", "true.heapwarden-quarantine")
        .containsEntry("team", "till")
        .containsEntry(Api.QUARANTINE_LABEL, INCIDENT);
    assertThat(pod.getMetadata().getOwnerReferences()).isEmpty();
    assertThat(pod.getStatus().getPhase()).isEqualTo("Running");
    Shop.within(SOON).until(() -> shop.servingPods().size() == 2);
    assertThat(shop.endpoints("checkout")).doesNotContain(leaking);
    assertThat(shop.endpoints("public")).doesNotContain(leaking);

    undo(incidents);
    var undone = until(incidents, policy(2), status -> status.phase() == Phase.ROLLED_BACK);
    assertThat(step(undone, "Isolate").message()).contains("labels are put back");
    Shop.within(SOON).until(() -> shop.pods(Map.of("app", "checkout")).size() == 2);
    assertThat(shop.pods(Map.of(Api.QUARANTINE_LABEL, INCIDENT))).isEmpty();
  }

  @Test
  void theIsolatedPodIsDeletedWhenItsTimeIsOver() {
    var shop = open("respond-ttl", "Deployment", "");
    var leaking = shop.servingPods().stream().sorted().findFirst().orElseThrow();
    var incidents = new StoredIncidents(incident(shop, "Deployment", leaking));
    until(incidents, policy(2), status -> status.phase().terminal());
    later = Duration.ofMinutes(61);
    var expired =
        until(incidents, policy(2), status -> step(status, "Isolate").state() == State.UNDONE);
    assertThat(step(expired, "Isolate").message()).contains("then deleted");
    Shop.within(SOON).until(() -> shop.pods(Map.of(Api.QUARANTINE_LABEL, INCIDENT)).isEmpty());
    assertThat(incidents.get().getMetadata().getFinalizers()).isEmpty();
  }

  @Test
  void theInterventionIsOneRolloutAndUndoLeavesNothing() {
    var shop = open("respond-intervene", "Deployment", "{name: PORT, value: \"8080\"}");
    var leaking = shop.servingPods().stream().sorted().findFirst().orElseThrow();
    var incidents = new StoredIncidents(incident(shop, "Deployment", leaking));
    var before = shop.deployment();

    var status = until(incidents, policy(3), s -> s.phase() == Phase.VERIFYING);
    assertThat(status.level()).isEqualTo(3);
    assertThat(shop.environment())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "PORT", "8080", "GOMEMLIMIT", "241591910", "GOGC", "20", "GODEBUG", "gctrace=1"));
    assertThat(shop.managedBy(MANAGER)).isTrue();
    assertThat(shop.deployment().getSpec().getReplicas()).isEqualTo(3);
    assertThat(shop.deployment().getStatus().getAvailableReplicas()).isEqualTo(3);
    assertThat(client.apps().replicaSets().inNamespace(shop.namespace()).list().getItems())
        .as("the old ReplicaSet and one new one: one rollout")
        .hasSize(2);

    undo(incidents);
    until(incidents, policy(3), s -> s.phase() == Phase.ROLLED_BACK);
    assertThat(shop.environment()).isEqualTo(Map.of("PORT", "8080"));
    assertThat(shop.managedBy(MANAGER)).isFalse();
    assertThat(shop.deployment().getSpec()).isEqualTo(before.getSpec());
    Shop.within(SOON).until(() -> shop.pods(Map.of(Api.QUARANTINE_LABEL, INCIDENT)).isEmpty());
  }

  @Test
  void whatSomebodyElseSetIsOnlySuggested() {
    var shop = open("respond-owned", "Deployment", "{name: GOGC, value: \"50\"}");
    var incident = incident(shop, "Deployment", shop.servingPods().iterator().next());
    var before = shop.deployment();
    var status =
        until(
            new StoredIncidents(incident),
            policy(3),
            s -> s.steps().stream().anyMatch(step -> step.action().equals("PatchEnvironment")));
    var step = step(status, "PatchEnvironment");
    assertThat(step.state()).isEqualTo(State.SUGGESTED);
    assertThat(step.message()).contains("GOGC");
    assertThat(step.patch()).contains("GOMEMLIMIT").contains("241591910");
    assertThat(shop.deployment().getSpec().getTemplate()).isEqualTo(before.getSpec().getTemplate());
  }

  @Test
  void dryRunShowsTheExactPatchAndChangesNothing() {
    var shop = open("respond-dryrun", "Deployment", "");
    var incident = incident(shop, "Deployment", shop.servingPods().iterator().next());
    var before = shop.deployment();
    var policy = policy(3);
    policy.setSpec(spec(Mode.DRY_RUN, 3));
    var incidents = new StoredIncidents(incident);
    var status = until(incidents, policy, s -> s.steps().size() == 4);
    assertThat(status.steps()).allMatch(step -> step.state() == State.PLANNED);
    assertThat(step(status, "Isolate").patch()).contains("heapwarden-quarantine");
    assertThat(step(status, "PatchEnvironment").patch()).contains("GOMEMLIMIT");
    assertThat(shop.deployment().getMetadata().getGeneration())
        .isEqualTo(before.getMetadata().getGeneration());
    assertThat(shop.managedBy(MANAGER)).isFalse();
    assertThat(shop.pods(Map.of(Api.QUARANTINE_LABEL, INCIDENT))).isEmpty();
  }

  @Test
  void aStatefulSetsPodStaysWhereItIs() {
    var shop = open("respond-stateful", "StatefulSet", "");
    var status =
        until(
            new StoredIncidents(incident(shop, "StatefulSet", "checkout-0")),
            policy(3),
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
    var incident = incident(shop, "Deployment", shop.servingPods().iterator().next());
    var incidents = new StoredIncidents(incident);
    var status = until(incidents, policy(2), s -> waits(s, "PodDisruptionBudget checkout"));
    assertThat(status.phase()).isEqualTo(Phase.OPEN);
    later = Duration.ofMinutes(6);
    var ended = until(incidents, policy(2), s -> s.phase().terminal());
    assertThat(step(ended, "Isolate").state()).isEqualTo(State.REFUSED);
    assertThat(shop.servingPods()).hasSize(2);
  }

  @Test
  void anActThatIsRepeatedAfterACrashIsRecognisedAsDone() {
    var shop = open("respond-crash", "Deployment", "");
    var incident = incident(shop, "Deployment", shop.servingPods().iterator().next());
    var actions =
        List.<Action>of(
            new AddReplicas(client), new PatchEnvironment(client, new AssumedInForce()));
    for (var action : actions) {
      var situation = new Situation(incident, policy(3), Instant.now());
      var step = intended(action, situation);
      action.act(situation, step);
      var once = shop.deployment();
      assertThat(action.act(situation, step)).isEqualTo(new Acted.Yes());
      assertThat(shop.deployment().getMetadata().getGeneration())
          .isEqualTo(once.getMetadata().getGeneration());
    }
    assertThat(shop.deployment().getSpec().getReplicas()).isEqualTo(3);
  }

  @Test
  void ofTwoPodsThatAreToBeIsolatedAtOnceOneStays() throws Exception {
    var shop = open("respond-at-once", "Deployment", "");
    var isolation = new IsolatePod(client);
    var acts =
        shop.servingPods().stream()
            .<Callable<Acted>>map(
                pod -> {
                  var incident = incident(shop, "Deployment", pod);
                  var situation = new Situation(incident, policy(2), Instant.now());
                  var step = intended(isolation, situation);
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
    assertThat(shop.pods(Map.of(Api.QUARANTINE_LABEL, INCIDENT))).hasSize(1);
  }

  @Test
  void undoLeavesAloneWhatSomebodyScaledAwayAndBack() {
    var shop = open("respond-scaled-back", "Deployment", "");
    var incident = incident(shop, "Deployment", shop.servingPods().iterator().next());
    var incidents = new StoredIncidents(incident);
    until(incidents, policy(3), s -> s.phase() == Phase.VERIFYING);
    var deployment = client.apps().deployments().inNamespace(shop.namespace()).withName("checkout");
    deployment.scale(4);
    deployment.scale(3);
    undo(incidents);
    var status = until(incidents, policy(3), s -> s.phase() == Phase.ROLLED_BACK);
    assertThat(step(status, "AddReplicas").message()).contains("3 replicas are not ours");
    assertThat(shop.deployment().getSpec().getReplicas()).isEqualTo(3);
  }

  @Test
  void undoLeavesAloneWhatSomebodyScaledSince() {
    var shop = open("respond-scaled", "Deployment", "");
    var incident = incident(shop, "Deployment", shop.servingPods().iterator().next());
    var incidents = new StoredIncidents(incident);
    until(incidents, policy(3), s -> s.phase() == Phase.VERIFYING);
    client.apps().deployments().inNamespace(shop.namespace()).withName("checkout").scale(4);
    undo(incidents);
    var status = until(incidents, policy(3), s -> s.phase() == Phase.ROLLED_BACK);
    assertThat(step(status, "AddReplicas").message()).contains("4 replicas are not ours");
    assertThat(shop.deployment().getSpec().getReplicas()).isEqualTo(4);
    assertThat(shop.environment()).isEmpty();
  }

  private Shop open(String namespace, String kind, String env) {
    var shop = Shop.open(client, namespace, kind, env);
    opened = Optional.of(shop);
    return shop;
  }

  private LeakIncidentStatus until(
      StoredIncidents incidents, MemoryPolicy policy, Predicate<LeakIncidentStatus> reached) {
    var response =
        new Response(
            new Response.Actions(
                new TakenSnapshot(),
                new IsolatePod(client),
                new SampleInstances(client),
                List.of(
                    new PatchEnvironment(client, new AssumedInForce()), new AddReplicas(client))),
            kind -> new Ruling.Go(),
            incidents,
            (workload, container) -> List.of(),
            (about, reason, message) -> {},
            () -> Instant.now().plus(later),
            Duration.ofDays(30));
    Shop.within(SOON)
        .until(
            () -> {
              response.advance(incidents.get(), Optional.of(policy));
              return reached.test(incidents.get().getStatus());
            });
    return incidents.get().getStatus();
  }

  private static Step intended(Action action, Situation situation) {
    var plan = (Plan.Do) action.plan(situation);
    return new Step(
        action.kind().text(),
        action.kind().level(),
        State.INTENDED,
        plan.object(),
        plan.message(),
        plan.patch(),
        plan.facts(),
        Instant.now().toString(),
        null,
        null);
  }

  private static void undo(StoredIncidents incidents) {
    var incident = incidents.get();
    incident.setSpec(
        new LeakIncidentSpec(
            incident.getSpec().target(), new LeakIncidentSpec.Response(0, false, true)));
    incidents.put(incident);
  }

  private static Step step(LeakIncidentStatus status, String action) {
    return status.steps().stream()
        .filter(step -> step.action().equals(action))
        .findFirst()
        .orElseThrow();
  }

  private static boolean waits(LeakIncidentStatus status, String reason) {
    var waitingFor = status.waitingFor();
    return waitingFor != null && waitingFor.contains(reason);
  }

  static LeakIncident incident(Shop shop, String kind, String pod) {
    HasMetadata workload =
        kind.equals("Deployment")
            ? shop.deployment()
            : shop.client()
                .apps()
                .statefulSets()
                .inNamespace(shop.namespace())
                .withName("checkout")
                .require();
    var uid = shop.pod(pod).getMetadata().getUid();
    var incident = new LeakIncident();
    incident.setMetadata(
        new ObjectMetaBuilder().withName(INCIDENT).withNamespace(shop.namespace()).build());
    incident.setSpec(
        new LeakIncidentSpec(
            new LeakIncidentSpec.Target(
                kind, "checkout", workload.getMetadata().getUid(), "checkout", "checkout", 1),
            LeakIncidentSpec.Response.none()));
    var finding =
        new Finding(
            "Confirmed",
            "Go",
            "Application",
            "MapGrowth",
            "it leaks",
            1e6,
            9e5,
            1.1e6,
            3600L,
            pod,
            uid,
            600,
            1,
            List.of(),
            Instant.now().toString());
    incident.setStatus(
        new LeakIncidentStatus(
            "deployment/checkout",
            "checkout",
            "Confirmed",
            "Application",
            "3.4 GiB/h",
            "1h",
            "-",
            0,
            Phase.OPEN,
            null,
            finding,
            finding,
            List.of(),
            List.of(),
            Instant.now().toString(),
            null,
            null));
    return incident;
  }

  static MemoryPolicy policy(int maxLevel) {
    var policy = new MemoryPolicy();
    policy.setMetadata(new ObjectMetaBuilder().withName("checkout").build());
    policy.setSpec(spec(Mode.ENFORCE, maxLevel));
    return policy;
  }

  private static MemoryPolicySpec spec(Mode mode, int maxLevel) {
    return new MemoryPolicySpec(
        new LabelSelectorBuilder().addToMatchLabels("app", "checkout").build(),
        List.of(),
        RuntimeChoice.AUTO,
        Observe.defaults(),
        List.of(),
        new Respond(
            mode,
            maxLevel,
            new Diagnose("5s"),
            new Isolate("1h"),
            new Intervene(
                new GoSettings(90, 20, Map.of("gctrace", "1")), null, new Scale(1, 4), null, "24h"),
            new Limits(10, 1),
            "30m",
            List.of()));
  }
}
