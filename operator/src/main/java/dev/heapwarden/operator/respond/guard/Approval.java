package dev.heapwarden.operator.respond.guard;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.operator.api.ManagedFields;
import dev.heapwarden.operator.respond.journal.Texts;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether a person approved a level, and lately: who approves judges what the incident shows at
 * that moment. When it was is what the API server recorded of who set {@code
 * spec.response.approvedLevel}; setting another field of the response by the same means renews it
 * (Kubernetes 1.35 apimachinery pkg/apis/meta/v1/types.go, ManagedFieldsEntry.Time).
 */
final class Approval {
  private Approval() {}

  /** Why it is not approved, for people; empty where it is. */
  static Optional<String> missing(
      int level, LeakIncident incident, Duration timeToLive, Instant now) {
    if (incident.getSpec().response().approvedLevel() < level) {
      return Optional.of("level %d (set spec.response.approvedLevel)".formatted(level));
    }
    var given = givenAt(incident);
    if (given.isEmpty()) {
      return Optional.of(
          "level %d: the API server has no time of the approval; %s"
              .formatted(level, again(level)));
    }
    var ends = given.get().plus(timeToLive);
    return now.isBefore(ends)
        ? Optional.empty()
        : Optional.of(
            "level %d: the approval of %s held for %s (respond.approvalTtl); %s"
                .formatted(level, given.get(), Texts.duration(timeToLive), again(level)));
  }

  private static String again(int level) {
    return "to approve again set spec.response.approvedLevel to 0 and then to %d".formatted(level);
  }

  private static Optional<Instant> givenAt(LeakIncident incident) {
    return ManagedFields.owners(incident, "f:spec", "f:response", "f:approvedLevel").stream()
        .map(ManagedFieldsEntry::getTime)
        .filter(Objects::nonNull)
        .map(Instant::parse)
        .max(Comparator.naturalOrder());
  }
}
