package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec.Target;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.Respond;
import java.time.Instant;
import java.util.Objects;

/** What an action knows: the incident as it was last written, its policy, and the time. */
public record Situation(LeakIncident incident, MemoryPolicy policy, Instant now) {
  public String name() {
    return incident.getMetadata().getName();
  }

  public String namespace() {
    return incident.getMetadata().getNamespace();
  }

  public Target target() {
    return incident.getSpec().target();
  }

  public LeakIncidentStatus status() {
    return Objects.requireNonNull(incident.getStatus(), "incident without a status");
  }

  public Respond respond() {
    return policy.getSpec().respond();
  }

  /** The finding as it was when the response began: the evidence for all that is done. */
  public Finding baseline() {
    return Objects.requireNonNull(status().baseline(), "response without a baseline");
  }

  public String fieldManager() {
    return fieldManager(incident);
  }

  /** Kubernetes takes 128 characters at most; an incident's name is far shorter. */
  static String fieldManager(LeakIncident incident) {
    return bounded(Api.FIELD_MANAGER_PREFIX + incident.getMetadata().getName(), 128);
  }

  private static String bounded(String text, int limit) {
    return text.length() <= limit ? text : text.substring(0, limit);
  }
}
