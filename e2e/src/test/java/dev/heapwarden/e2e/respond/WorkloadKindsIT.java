package dev.heapwarden.e2e.respond;

import static dev.heapwarden.e2e.respond.Responses.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec.Target;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.operator.evaluate.Workload;
import dev.heapwarden.operator.evaluate.Workloads;
import dev.heapwarden.operator.respond.Response;
import dev.heapwarden.operator.respond.action.Acted;
import dev.heapwarden.operator.respond.action.IsolatePod;
import dev.heapwarden.operator.respond.action.PatchEnvironment;
import dev.heapwarden.operator.respond.action.Plan;
import dev.heapwarden.operator.respond.action.ResizeMemory;
import dev.heapwarden.operator.respond.action.Situation;
import dev.heapwarden.operator.respond.guard.Ruling;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods of every kind of owner on a real API server. None of them has to run for this. */
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkloadKindsIT {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final KubernetesClient client;
  private final Workloads workloads;
  private final Owners owners;

  WorkloadKindsIT(KubernetesClient client) {
    this.client = client;
    this.workloads = new Workloads(client, (namespace, name) -> Optional.empty());
    this.owners = Owners.create(client);
  }

  @AfterAll
  void delete() {
    owners.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ledger|statefulset/ledger|StatefulSet ledger gives its pods fixed names|StatefulSet"
            + " ledger",
        "collector|daemonset/collector|DaemonSet collector runs one pod per node|DaemonSet"
            + " collector",
        "import|job/import|Job import counts on this pod|Job import",
        "report-1|cronjob/report|Job report-1 counts on this pod|CronJob report",
        "debug|pod/debug|no controller owns it|Pod debug",
        "of-m1|configmap/m1|ConfigMap m1 is not known to replace|ConfigMap m1",
        "static|pod/static|the kubelet of node nowhere|Pod static",
      })
  void whatCannotBeIsolatedOrChangedIsRefusedWithItsReasonAndTheResponseGoesOn(
      String app, String name, String isolation, String intervention) {
    var pod = owners.podOf(app);
    var workload = workloads.of(pod);
    var incident = incident(workload, pod);
    assertThat(incident.getSpec().target().workload()).isEqualTo(name);
    assertThat(workloads.exists(Owners.NAMESPACE, workload)).isTrue();

    var status = respondTo(incident);

    assertThat(status.phase()).isEqualTo(Phase.NEEDS_HUMAN);
    assertThat(step(status, "Isolate").state()).isEqualTo(State.REFUSED);
    assertThat(step(status, "Isolate").message()).startsWith("OwnerCannotReplace: " + isolation);
    assertThat(step(status, "PatchEnvironment").state()).isEqualTo(State.REFUSED);
    assertThat(step(status, "PatchEnvironment").message())
        .startsWith("OnlyDeployments: " + intervention);
    assertThat(owners.podOf(app).getMetadata().getLabels())
        .isEqualTo(pod.getMetadata().getLabels());
  }

  @Test
  void aDeploymentsPodIsOfItsDeployment() {
    assertThat(workloads.of(owners.podOf("checkout")))
        .extracting(Workload::kind, Workload::name)
        .containsExactly("Deployment", "checkout");
  }

  @Test
  void aReplicaSetOfNobodyReplacesItsPodsAndRollsNothingOut() {
    var pod = owners.podOf("bare");
    var workload = workloads.of(pod);
    assertThat(workload.kind() + "/" + workload.name()).isEqualTo("ReplicaSet/bare");
    var situation = new Situation(incident(workload, pod), policy(), Instant.now());

    assertThat(new IsolatePod(client).plan(situation)).isNotInstanceOf(Plan.Refuse.class);
    assertThat(
            new PatchEnvironment(client, new AssumedInForce(), (_, _) -> List.of()).plan(situation))
        .isInstanceOfSatisfying(
            Plan.Refuse.class,
            refusal ->
                assertThat(refusal.reason())
                    .isEqualTo(
                        "OnlyDeployments: ReplicaSet bare would not roll a change out to its"
                            + " pods"));
  }

  /** Nothing has to be rolled out, and no pod made anew. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ledger",
        "collector",
        "bare",
        "checkout",
        "import",
        "report-1",
        "debug",
        "of-m1",
      })
  void aMemoryLimitIsRaisedInPlaceWhateverOwnsThePodAndSetBack(String app) {
    var pod = owners.podOf(app);
    var action = resize(pod);
    var situation = new Situation(incident(workloads.of(pod), pod), policy(), Instant.now());

    var step = Responses.intended(action, situation);
    Shop.within(SOON).until(() -> action.act(situation, step) instanceof Acted.Yes);
    assertThat(limit(pod)).isEqualTo(new Quantity("80Mi"));

    Shop.within(SOON)
        .untilAsserted(
            () -> {
              action.undo(situation.incident(), step, Instant.now());
              assertThat(limit(pod)).isEqualTo(new Quantity("64Mi"));
            });
  }

  @Test
  void aStaticPodKeepsItsLimitSinceTheApiServerDoesNotResizeIt() {
    var pod = owners.podOf("static");
    var incidents = new StoredIncidents(incident(workloads.of(pod), pod));
    var response =
        Responses.of(
            client,
            List.of(resize(pod)),
            kind -> new Ruling.Go(),
            incidents,
            InstantSource.system());

    var step = step(end(response, incidents), "ResizeMemory");

    assertThat(step.state()).isEqualTo(State.REFUSED);
    assertThat(step.message()).contains("static pods cannot be resized");
    assertThat(limit(pod)).isEqualTo(new Quantity("64Mi"));
  }

  private ResizeMemory resize(Pod leaking) {
    return new ResizeMemory(client, (uid, container) -> List.of(Leak.seenIn(leaking, "app")));
  }

  private Quantity limit(Pod pod) {
    var container = client.resource(pod).require().getSpec().getContainers().getFirst();
    return Objects.requireNonNull(container.getResources().getLimits().get("memory"), "no limit");
  }

  private LeakIncidentStatus respondTo(LeakIncident incident) {
    var incidents = new StoredIncidents(incident);
    return end(Responses.of(client, incidents, InstantSource.system()), incidents);
  }

  private static LeakIncidentStatus end(Response response, StoredIncidents incidents) {
    return Responses.until(
        SOON, response, incidents, policy(), status -> status.phase().terminal());
  }

  private static LeakIncident incident(Workload workload, Pod pod) {
    var target = new Target(workload.kind(), workload.name(), workload.uid(), "app", "kinds", 1);
    return Leak.of("kinds-leak", target, pod);
  }

  private static MemoryPolicy policy() {
    return Serialization.unmarshal(
        """
        metadata: {name: kinds, namespace: workload-kinds}
        spec:
          selector: {matchExpressions: [{key: app, operator: Exists}]}
          respond:
            mode: Enforce
            maxLevel: 3
            intervene:
              go: {gcPercent: 50}
              scale: {add: 1, max: 4}
              resize: {memoryPercent: 125, max: 1Gi}
            limits: {actionsPerHour: 10}
        """,
        MemoryPolicy.class);
  }
}
