package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.incident.LeakIncident;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/** The Deployment that an incident is about: this one, by its UID. */
final class Deployments {
  private Deployments() {}

  static Optional<Deployment> find(KubernetesClient client, LeakIncident incident) {
    var target = incident.getSpec().target();
    if (!target.kind().equals("Deployment")) {
      return Optional.empty();
    }
    var deployment =
        client
            .apps()
            .deployments()
            .inNamespace(incident.getMetadata().getNamespace())
            .withName(target.name())
            .get();
    return Optional.ofNullable(deployment)
        .filter(found -> found.getMetadata().getUid().equals(target.uid()))
        .filter(found -> found.getMetadata().getDeletionTimestamp() == null);
  }

  static String whyNone(LeakIncident incident) {
    var target = incident.getSpec().target();
    return target.kind().equals("Deployment")
        ? "WorkloadGone: Deployment %s no longer exists".formatted(target.name())
        : "OnlyDeployments: %s %s is not changed by Heapwarden"
            .formatted(target.kind(), target.name());
  }
}
