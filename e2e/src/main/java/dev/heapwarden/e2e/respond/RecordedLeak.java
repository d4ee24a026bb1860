package dev.heapwarden.e2e.respond;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.policy.MemoryPolicy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Objects;

/** The leak of a shop's checkout, with its policy, as it stands in the API server. */
record RecordedLeak(KubernetesClient client, Shop shop) implements AutoCloseable {
  static RecordedLeak of(KubernetesClient client, Shop shop, MemoryPolicy policy) {
    policy.getMetadata().setNamespace(shop.namespace());
    client.resource(policy).create();
    var leak = Leak.ofCheckout(shop, "Deployment", shop.servingPods().iterator().next());
    var created = client.resource(leak).create();
    created.setStatus(leak.getStatus());
    client.resource(created).updateStatus();
    return new RecordedLeak(client, shop);
  }

  LeakIncident incident() {
    return through(client);
  }

  /** The same, read another way. */
  LeakIncident through(KubernetesClient way) {
    return Objects.requireNonNull(
        way.resources(LeakIncident.class)
            .inNamespace(shop.namespace())
            .withName(Leak.OF_CHECKOUT)
            .get());
  }

  LeakIncidentStatus status() {
    return incident().getStatus();
  }

  /** Whether nothing keeps it any more. */
  boolean isReleased() {
    return incident().getFinalizers().isEmpty();
  }

  void askForUndo() {
    client
        .resource(incident())
        .edit(
            found -> {
              found.setSpec(
                  new LeakIncidentSpec(
                      found.getSpec().target(), new LeakIncidentSpec.Response(0, false, true)));
              return found;
            });
  }

  /** So that the namespace can go where the response did not come to its end. */
  @Override
  public void close() {
    client
        .resources(LeakIncident.class)
        .inNamespace(shop.namespace())
        .resources()
        .forEach(one -> one.edit(RecordedLeak::withoutFinalizers));
    client
        .resources(MemoryPolicy.class)
        .inNamespace(shop.namespace())
        .resources()
        .forEach(one -> one.edit(RecordedLeak::withoutFinalizers));
  }

  private static <T extends HasMetadata> T withoutFinalizers(T held) {
    held.getMetadata().setFinalizers(List.of());
    return held;
  }
}
