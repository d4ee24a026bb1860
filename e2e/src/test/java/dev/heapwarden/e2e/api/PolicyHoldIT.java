package dev.heapwarden.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.operator.respond.KubernetesIncidents;
import dev.heapwarden.operator.respond.journal.Journal;
import dev.heapwarden.operator.respond.journal.PolicyHold;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A policy that is deleted stays in the API server while one of its incidents is held. */
@Order(1)
@ExtendWith(ApiServer.class)
class PolicyHoldIT {
  private static final String POLICY =
      """
      apiVersion: heapwarden.dev/v1alpha1
      kind: MemoryPolicy
      metadata: {name: checkout, namespace: IN_NAMESPACE, finalizers: [example.com/theirs]}
      spec: {selector: {matchLabels: {app: checkout}}}
      """;

  private static final String INCIDENT =
      """
      apiVersion: heapwarden.dev/v1alpha1
      kind: LeakIncident
      metadata: {name: leak, namespace: IN_NAMESPACE, finalizers: [heapwarden.dev/undo]}
      spec:
        target: {kind: Deployment, name: checkout, uid: u, container: checkout, policy: checkout, episode: 1}
      """;

  private final Tenant tenant;
  private final KubernetesIncidents store;

  PolicyHoldIT(Tenant tenant) {
    this.tenant = tenant;
    this.store = new KubernetesIncidents(tenant.client());
  }

  @BeforeEach
  void open() {
    tenant.client().resource(read(POLICY, MemoryPolicy.class)).create();
  }

  @Test
  void aDeletedPolicyGoesWithTheLastIncidentThatHoldsItAndWhatOthersSetIsTheirs() {
    var incident = tenant.client().resource(read(INCIDENT, LeakIncident.class)).create();
    mend();
    assertThat(policy().orElseThrow().getFinalizers())
        .containsExactlyInAnyOrder("example.com/theirs", Journal.FINALIZER);

    var read = policy().orElseThrow();
    tenant.client().resource(read).delete();
    read.getMetadata().setFinalizers(List.of());
    store.updateFinalizers(read);
    assertThat(policy())
        .as("it changed since it was read")
        .get()
        .matches(MemoryPolicy::isMarkedForDeletion);

    incident.getMetadata().setFinalizers(List.of());
    tenant.client().resource(incident).update();
    mend();
    assertThat(policy().orElseThrow().getFinalizers()).containsExactly("example.com/theirs");

    var theirs = policy().orElseThrow();
    theirs.removeFinalizer("example.com/theirs");
    store.updateFinalizers(theirs);
    assertThat(policy()).isEmpty();
  }

  private void mend() {
    new PolicyHold(store)
        .mend(policy().orElseThrow(), store.inNamespace(tenant.namespace()).stream());
  }

  private Optional<MemoryPolicy> policy() {
    return store.policy(tenant.namespace(), "checkout");
  }

  private <T> T read(String yaml, Class<T> kind) {
    return Serialization.unmarshal(yaml.replace("IN_NAMESPACE", tenant.namespace()), kind);
  }
}
