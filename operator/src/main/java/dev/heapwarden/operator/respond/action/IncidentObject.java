package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;

/** What is made for an incident, at most one of a kind, and goes with it. */
final class IncidentObject {
  /** Of an object (apimachinery validation.DNS1123SubdomainMaxLength). */
  private static final int NAME_LIMIT = 253;

  private IncidentObject() {}

  static String name(LeakIncident incident) {
    var name = Api.FIELD_MANAGER_PREFIX + incident.getMetadata().getName();
    return name.substring(0, Math.min(name.length(), NAME_LIMIT));
  }

  static ObjectMeta metadata(LeakIncident incident) {
    var metadata = incident.getMetadata();
    return new ObjectMetaBuilder()
        .withName(name(incident))
        .withNamespace(metadata.getNamespace())
        .addNewOwnerReference()
        .withApiVersion(incident.getApiVersion())
        .withKind(incident.getKind())
        .withName(metadata.getName())
        .withUid(metadata.getUid())
        .endOwnerReference()
        .build();
  }

  /** Whether it was made for the incident, and not by somebody else under the same name. */
  static boolean isOf(LeakIncident incident, HasMetadata found) {
    return found.getMetadata().getOwnerReferences().stream()
        .anyMatch(owner -> owner.getUid().equals(incident.getMetadata().getUid()));
  }
}
