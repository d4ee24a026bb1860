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
    var kind = target.kind();
    return switch (kind) {
      case "Deployment" -> "WorkloadGone: Deployment %s no longer exists".formatted(target.name());
      case "ReplicaSet" -> no(kind, target.name(), "would not roll a change out to its pods");
      case "StatefulSet" -> no(kind, target.name(), "has pods with state: people roll it out");
      case "DaemonSet" -> no(kind, target.name(), "serves its node: people roll it out");
      case "Job", "CronJob" -> no(kind, target.name(), "runs to its end and is not rolled out");
      case "Pod" -> no(kind, target.name(), "has no owner that could roll a change out");
      default -> no(kind, target.name(), "is of a kind that is not known");
    };
  }

  private static String no(String kind, String name, String why) {
    return "OnlyDeployments: %s %s %s".formatted(kind, name, why);
  }
}
