package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.operator.api.ApiServer;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;

/**
 * The PodDisruptionBudget that keeps an isolated pod, which it selects by the label of its
 * quarantine, from being evicted, as a drain of its node does, while evidence is taken of it. The
 * pod has no controller by then: a budget of such pods has to be a number.
 */
record NoEviction(KubernetesClient client) {
  static PodDisruptionBudget of(LeakIncident incident) {
    return new PodDisruptionBudgetBuilder()
        .withMetadata(IncidentObject.metadata(incident))
        .withNewSpec()
        .withMinAvailable(new IntOrString(1))
        .withNewSelector()
        .addToMatchLabels(Api.QUARANTINE_LABEL, Isolation.label(incident.getMetadata().getName()))
        .endSelector()
        .endSpec()
        .build();
  }

  /** Makes it, unless it is there; where that is denied evidence is taken all the same. */
  void begin(LeakIncident incident) {
    try {
      client.resource(of(incident)).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT && !ApiServer.isDenial(e)) {
        throw e;
      }
    }
  }

  /** Deletes what is this incident's; who may not make one has none. */
  void end(LeakIncident incident) {
    try {
      Optional.ofNullable(client.resource(of(incident)).get())
          .filter(found -> IncidentObject.isOf(incident, found))
          .ifPresent(found -> client.resource(found).delete());
    } catch (KubernetesClientException e) {
      if (!ApiServer.isDenial(e)) {
        throw e;
      }
    }
  }
}
