package dev.heapwarden.operator.uninstall;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.watch.WatchedNamespaces;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.List;

/** What is in the API server. None where the CRD is gone, or the incident meanwhile. */
public record ClusterIncidents(KubernetesClient client, WatchedNamespaces namespaces)
    implements UndoAll.Incidents {
  private static final String UNDO =
      """
      {"metadata": {"annotations": {"%s": "true"}}, "spec": {"response": {"undo": true}}}
      """
          .formatted(Api.UNINSTALL_ANNOTATION);

  @Override
  public List<LeakIncident> list() {
    return all(LeakIncident.class);
  }

  @Override
  public List<MemoryPolicy> policies() {
    return all(MemoryPolicy.class);
  }

  private <T extends HasMetadata> List<T> all(Class<T> kind) {
    try {
      return namespaces.of(client.resources(kind)).stream()
          .flatMap(resources -> resources.list().getItems().stream())
          .toList();
    } catch (KubernetesClientException e) {
      unlessGone(e);
      return List.of();
    }
  }

  @Override
  public void askUndo(LeakIncident incident) {
    try {
      client.resource(incident).patch(PatchContext.of(PatchType.JSON_MERGE), UNDO);
    } catch (KubernetesClientException e) {
      unlessGone(e);
    }
  }

  private static void unlessGone(KubernetesClientException failure) {
    if (failure.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
      throw failure;
    }
  }
}
