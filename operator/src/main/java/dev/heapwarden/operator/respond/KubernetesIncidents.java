package dev.heapwarden.operator.respond;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.operator.respond.journal.IncidentStore;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.function.Supplier;

/** Incidents in the API server, always read from it and never from a cache. */
public final class KubernetesIncidents implements IncidentStore {
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

  @Override
  public List<LeakIncident> inNamespace(String namespace) {
    return client.resources(LeakIncident.class).inNamespace(namespace).list().getItems();
  }

  private static LeakIncident fenced(LeakIncident incident, Supplier<LeakIncident> write) {
    try {
      return write.get();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT
          || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        throw new Conflict(incident.getMetadata().getName(), e);
      }
      throw e;
    }
  }
}
