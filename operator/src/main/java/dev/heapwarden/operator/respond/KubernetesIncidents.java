package dev.heapwarden.operator.respond;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.operator.respond.guard.Spending;
import dev.heapwarden.operator.respond.journal.IncidentStore;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Incidents in the API server, always read from it and never from a cache. */
public final class KubernetesIncidents implements IncidentStore {
  private static final PatchContext BUDGET =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(Api.FIELD_MANAGER_PREFIX + "budget")
          .withForce(true)
          .build();

  private final KubernetesClient client;

  public KubernetesIncidents(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public LeakIncident updateStatus(LeakIncident incident) {
    return fenced(incident, () -> client.resource(incident).updateStatus());
  }

  @Override
  public LeakIncident updateMetadata(LeakIncident incident) {
    return fenced(incident, () -> client.resource(incident).update());
  }

  @Override
  public void delete(LeakIncident incident) {
    fenced(
        incident,
        () -> {
          client.resource(incident).lockResourceVersion().delete();
          return incident;
        });
  }

  /**
   * By server-side apply of this one field: the rest of the status is the policy's reconciler's.
   * The resourceVersion fences it.
   */
  @Override
  public void spend(MemoryPolicy policy, Instant at) {
    var read = client.resource(policy).get();
    if (read == null) {
      throw new Conflict(policy.getMetadata().getName(), new IllegalStateException("it is gone"));
    }
    var metadata = read.getMetadata();
    var status =
        new GenericKubernetesResourceBuilder()
            .withApiVersion(policy.getApiVersion())
            .withKind(policy.getKind())
            .withNewMetadata()
            .withName(metadata.getName())
            .withNamespace(metadata.getNamespace())
            .withUid(metadata.getUid())
            .withResourceVersion(metadata.getResourceVersion())
            .endMetadata()
            .addToAdditionalProperties("status", Map.of("spentActions", Spending.with(read, at)))
            .build();
    fenced(policy, () -> client.resource(status).subresource("status").patch(BUDGET));
  }

  @Override
  public List<LeakIncident> inNamespace(String namespace) {
    return client.resources(LeakIncident.class).inNamespace(namespace).list().getItems();
  }

  private static <T> T fenced(HasMetadata written, Supplier<T> write) {
    try {
      return write.get();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT
          || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        throw new Conflict(written.getMetadata().getName(), e);
      }
      throw e;
    }
  }
}
