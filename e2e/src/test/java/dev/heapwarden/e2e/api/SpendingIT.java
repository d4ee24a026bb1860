package dev.heapwarden.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus;
import dev.heapwarden.crds.policy.MemoryPolicyStatus.SpentAction;
import dev.heapwarden.crds.policy.MemoryPolicyStatus.UnhelpfulResponse;
import dev.heapwarden.crds.watch.WatchedNamespaces;
import dev.heapwarden.operator.respond.KubernetesIncidents;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A policy remembers its actions, whatever becomes of their incidents. */
@Order(1)
@ExtendWith(ApiServer.class)
class SpendingIT {
  private static final Instant NOON = Instant.parse("2026-07-01T12:00:00Z");

  @AfterEach
  void forget(Tenant tenant) {
    tenant
        .client()
        .resources(MemoryPolicy.class)
        .inNamespace(tenant.namespace())
        .withName("checkout")
        .delete();
  }

  @Test
  void aPolicyRemembersTheActionsOfTheLastHourWhileItsStatusIsWritten(Tenant tenant) {
    var incidents = new KubernetesIncidents(tenant.client());
    var policy = policy(tenant);

    incidents.spend(policy, isolated("one", 90));
    incidents.spend(policy, isolated("two", 11));
    incidents.spend(policy, isolated("two", 10));
    observe(tenant, 2);
    incidents.spend(policy, isolated("three", 0));
    observe(tenant, 3);

    var status = tenant.client().resource(policy).get().getStatus();
    assertThat(status.pods()).isEqualTo(3);
    assertThat(status.spentActions()).containsExactly(isolated("two", 10), isolated("three", 0));
  }

  @Test
  void whatDidNotHelpIsRememberedBesideTheActions(Tenant tenant) {
    var incidents = new KubernetesIncidents(tenant.client());
    var policy = policy(tenant);
    var unhelpful = new UnhelpfulResponse("one", "leak-1", NOON.toString());

    incidents.spend(policy, isolated("one", 1));
    incidents.remember(policy, unhelpful);
    incidents.spend(policy, isolated("two", 0));
    observe(tenant, 2);

    var status = tenant.client().resource(policy).get().getStatus();
    assertThat(status.unhelpfulResponses()).containsExactly(unhelpful);
    assertThat(status.spentActions()).containsExactly(isolated("one", 1), isolated("two", 0));
  }

  @Test
  void allWatchedNamespacesAreReadWithTheirPolicies(Tenant tenant) {
    policy(tenant);
    var watched = new WatchedNamespaces(Set.of(tenant.namespace()));

    var ledger = new KubernetesIncidents(tenant.client(), watched).everywhere();

    assertThat(ledger.policies())
        .extracting(policy -> policy.getMetadata().getNamespace())
        .containsExactly(tenant.namespace());
    assertThat(ledger.incidents()).isEmpty();
  }

  @Test
  void whereThePolicyIsGoneNothingIsRemembered(Tenant tenant) {
    var gone = new MemoryPolicy();
    gone.setMetadata(
        new ObjectMetaBuilder().withName("gone").withNamespace(tenant.namespace()).build());

    assertThatNoException()
        .isThrownBy(() -> new KubernetesIncidents(tenant.client()).spend(gone, isolated("one", 0)));
  }

  private static SpentAction isolated(String incident, long minutesAgo) {
    return new SpentAction(
        incident, "Isolate", NOON.minus(Duration.ofMinutes(minutesAgo)).toString());
  }

  private static MemoryPolicy policy(Tenant tenant) {
    var yaml =
        """
        apiVersion: heapwarden.dev/v1alpha1
        kind: MemoryPolicy
        metadata: {name: checkout}
        spec: {selector: {matchLabels: {app: checkout}}}
        """;
    var policy = Serialization.unmarshal(yaml, MemoryPolicy.class);
    policy.getMetadata().setNamespace(tenant.namespace());
    return tenant.client().resource(policy).create();
  }

  /** As the policies' reconciler does. */
  private static void observe(Tenant tenant, int pods) {
    var fresh = new MemoryPolicy();
    fresh.setMetadata(
        new ObjectMetaBuilder().withName("checkout").withNamespace(tenant.namespace()).build());
    fresh.setStatus(
        new MemoryPolicyStatus(1L, pods, 0, 0, 0, 0, List.of(), List.of(), null, List.of(), null));
    tenant
        .client()
        .resource(fresh)
        .subresource("status")
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("memorypolicyreconciler")
                .withForce(true)
                .build());
  }
}
