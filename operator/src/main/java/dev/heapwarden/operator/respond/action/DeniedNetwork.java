package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.api.ApiServer;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;

/**
 * The NetworkPolicy under which an isolated pod talks to nobody and nobody to it. It is there
 * before the pod is, which it selects by the label of its quarantine; it goes with its incident, if
 * nothing else has deleted it.
 */
record DeniedNetwork(KubernetesClient client) {
  /** Fact of an isolation: its name; empty where the policy asks for none. */
  static final String NAME = "networkPolicy";

  static NetworkPolicy of(LeakIncident incident) {
    return new NetworkPolicyBuilder()
        .withMetadata(IncidentObject.metadata(incident))
        .withNewSpec()
        .withNewPodSelector()
        .addToMatchLabels(Api.QUARANTINE_LABEL, Isolation.label(incident.getMetadata().getName()))
        .endPodSelector()
        // With neither an ingress nor an egress rule.
        .withPolicyTypes("Ingress", "Egress")
        .endSpec()
        .build();
  }

  static boolean isAsked(Step step) {
    return !Steps.fact(step, NAME).isEmpty();
  }

  /** Makes it where it is asked for, or recognises it as made before; says why it cannot. */
  Optional<String> close(LeakIncident incident, Step step) {
    if (!isAsked(step)) {
      return Optional.empty();
    }
    try {
      client.resource(of(incident)).create();
      return Optional.empty();
    } catch (KubernetesClientException e) {
      // Not every conflict is one over the name: a quota that changed meanwhile is one too.
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT
          && client.resource(of(incident)).get() != null) {
        return isClosed(incident, step)
            ? Optional.empty()
            : Optional.of(
                "a NetworkPolicy %s of somebody else exists"
                    .formatted(IncidentObject.name(incident)));
      }
      if (!ApiServer.isDenial(e)) {
        throw e;
      }
      return Optional.of("Denied: " + ApiServer.words(e));
    }
  }

  /** Whether it is there as it was made, where it is asked for. */
  boolean isClosed(LeakIncident incident, Step step) {
    return !isAsked(step)
        || find(incident)
            .filter(found -> of(incident).getSpec().equals(found.getSpec()))
            .isPresent();
  }

  /** Deletes what is this incident's. */
  void open(LeakIncident incident, Step step) {
    if (isAsked(step)) {
      find(incident).ifPresent(found -> client.resource(found).delete());
    }
  }

  private Optional<NetworkPolicy> find(LeakIncident incident) {
    return Optional.ofNullable(client.resource(of(incident)).get())
        .filter(found -> IncidentObject.isOf(incident, found));
  }
}
