package dev.heapwarden.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus;
import dev.heapwarden.operator.respond.KubernetesIncidents;
import dev.heapwarden.operator.respond.journal.IncidentStore;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A policy remembers its actions, whatever becomes of their incidents. */
@Order(1)
@ExtendWith(ApiServer.class)
class SpendingIT {
  private static final Instant NOON = Instant.parse("2026-07-01T12:00:00Z");

  @Test
  void aPolicyRemembersTheActionsOfTheLastHourWhileItsStatusIsWritten(Tenant tenant) {
    var incidents = new KubernetesIncidents(tenant.client());
    var policy = policy(tenant);

    incidents.spend(policy, NOON.minus(Duration.ofMinutes(90)));
    incidents.spend(policy, NOON.minus(Duration.ofMinutes(10)));
    observe(tenant, 2);
    incidents.spend(policy, NOON);
    observe(tenant, 3);

    var status = tenant.client().resource(policy).get().getStatus();
    assertThat(status.pods()).isEqualTo(3);
    assertThat(status.spentActions())
        .containsExactly("2026-07-01T11:50:00Z", "2026-07-01T12:00:00Z");
  }

  @Test
  void whereThePolicyIsGoneNothingIsActedUpon(Tenant tenant) {
    var incidents = new KubernetesIncidents(tenant.client());
    var gone = new MemoryPolicy();
    gone.setMetadata(
        new ObjectMetaBuilder().withName("gone").withNamespace(tenant.namespace()).build());

    assertThatThrownBy(() -> incidents.spend(gone, NOON))
        .isInstanceOf(IncidentStore.Conflict.class);
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
    fresh.setStatus(new MemoryPolicyStatus(1L, pods, 0, 0, 0, 0, List.of(), List.of(), List.of()));
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
