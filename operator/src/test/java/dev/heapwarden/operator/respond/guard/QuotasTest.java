package dev.heapwarden.operator.respond.guard;

import static dev.heapwarden.operator.respond.Fixtures.NOON;
import static dev.heapwarden.operator.respond.Fixtures.incident;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Fixtures.status;
import static dev.heapwarden.operator.respond.Fixtures.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus;
import dev.heapwarden.crds.policy.MemoryPolicyStatus.SpentAction;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two policies of the namespace shop, and one elsewhere, share what the installation allows. */
class QuotasTest {
  private static final Quotas TWO_AND_THREE = new Quotas(new Quota(2, 1, 1), new Quota(3, 2, 2));

  private final LeakIncident incident = incident("leak", "w1");
  private final List<LeakIncident> others = new ArrayList<>();
  private final List<MemoryPolicy> policies = new ArrayList<>();

  @Test
  void aNamespacesActionsAreCountedAcrossItsPolicies() {
    others.add(with("of-another-policy", "shop", ago("Isolate", State.UNDONE, 50)));
    assertThat(reason(ActionKind.ADD_REPLICAS)).isEmpty();
    others.add(with("of-a-third", "shop", ago("PatchEnvironment", State.DONE, 10)));

    assertThat(reason(ActionKind.ADD_REPLICAS))
        .isEqualTo(
            "Budget: 2 of 2 actions of this hour in namespace shop are spent, next at"
                + " 2026-07-01T12:10:00Z");
    assertThat(reason(ActionKind.DIAGNOSE)).isEmpty();
  }

  @Test
  void deletingIncidentsFreesNoBudgetOfTheNamespace() {
    policies.add(remembering("shop", "uid-of-deleted", "uid-of-another"));

    assertThat(reason(ActionKind.ISOLATE))
        .startsWith("Budget: 2 of 2 actions of this hour in name");
  }

  @Test
  void theClusterCountsAllNamespaces() {
    policies.add(remembering("bank", "uid-of-deleted", "uid-of-another"));
    assertThat(reason(ActionKind.ISOLATE)).isEmpty();
    others.add(with("in-the-bank", "bank", ago("ResizeMemory", State.DONE, 1)));

    assertThat(reason(ActionKind.ISOLATE))
        .startsWith("Budget: 3 of 3 actions of this hour in the cluster are spent");
  }

  @Test
  void onlySoManyWorkloadsAreChangedAtTheSameTime() {
    others.add(with("rolls-out", "shop", ago("PatchEnvironment", State.INTENDED, 90)));
    assertThat(reason(ActionKind.ADD_REPLICAS))
        .isEqualTo("ConcurrentActions: 1 of 1 workloads in namespace shop are being changed");

    others.set(0, with("rolled-out", "shop", ago("PatchEnvironment", State.DONE, 90)));
    assertThat(reason(ActionKind.ADD_REPLICAS)).isEmpty();

    others.set(0, with("is-undone", "shop", ago("PatchEnvironment", State.UNDOING, 90)));
    assertThat(reason(ActionKind.ADD_REPLICAS)).startsWith("ConcurrentActions");
  }

  /** They are begun together, so that there is one rollout. */
  @Test
  void theInterventionsOfOneIncidentDoNotWaitForEachOther() {
    incident.setStatus(status(List.of(ago("PatchEnvironment", State.INTENDED, 0)), null));

    assertThat(reason(ActionKind.ADD_REPLICAS)).isEmpty();
  }

  @Test
  void onlySoManyPodsOfANamespaceAreIsolatedAtTheSameTime() {
    others.add(with("isolated", "shop", ago("Isolate", State.DONE, 90)));

    assertThat(reason(ActionKind.ISOLATE))
        .isEqualTo("ConcurrentIsolations: 1 of 1 pods in namespace shop are isolated");
    assertThat(reason(ActionKind.ADD_REPLICAS)).isEmpty();
  }

  @Test
  void theEnvironmentSaysHowMuchAndTheChartsDefaultsHoldOtherwise() {
    assertThat(
            Quotas.from(
                Map.of("NAMESPACE_ACTIONS_PER_HOUR", "7", "CLUSTER_CONCURRENT_ISOLATIONS", "9")))
        .isEqualTo(new Quotas(new Quota(7, 5, 5), new Quota(100, 20, 9)));
  }

  private String reason(ActionKind kind) {
    var all = new ArrayList<>(others);
    all.add(incident);
    return TWO_AND_THREE.ruling(kind, incident, new Ledger(all, policies), NOON)
            instanceof Ruling.Hold hold
        ? hold.reason()
        : "";
  }

  private static LeakIncident with(String name, String namespace, Step step) {
    var other = incident(name, "w-of-" + name);
    other.getMetadata().setNamespace(namespace);
    other.setStatus(status(List.of(step), null));
    return other;
  }

  private static MemoryPolicy remembering(String namespace, String... incidents) {
    var spent =
        List.of(incidents).stream()
            .map(uid -> new SpentAction(uid, "Isolate", minutesAgo(20).toString()))
            .toList();
    var policy = policy(respond(Mode.ENFORCE, 3, new Limits(3, 1)));
    policy.getMetadata().setNamespace(namespace);
    policy.setStatus(
        new MemoryPolicyStatus(null, 0, 0, 0, 0, 0, List.of(), List.of(), null, spent, null));
    return policy;
  }

  private static java.time.Instant minutesAgo(long minutes) {
    return NOON.minus(Duration.ofMinutes(minutes));
  }

  private static Step ago(String action, State state, long minutes) {
    return step(action, 3, state, minutesAgo(minutes));
  }
}
