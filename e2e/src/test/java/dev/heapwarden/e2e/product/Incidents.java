package dev.heapwarden.e2e.product;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import java.util.Optional;

/** Questions that several tests ask of an incident. */
final class Incidents {
  private Incidents() {}

  static boolean ended(LeakIncident incident) {
    return incident.getStatus() != null
        && incident.getStatus().phase() != null
        && incident.getStatus().phase().terminal();
  }

  static Optional<Step> step(LeakIncident incident, String action) {
    return incident.getStatus() == null
        ? Optional.empty()
        : incident.getStatus().steps().stream()
            .filter(step -> step.action().equals(action))
            .findFirst();
  }
}
