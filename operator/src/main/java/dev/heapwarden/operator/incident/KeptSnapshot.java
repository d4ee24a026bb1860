package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.SnapshotRetention;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A snapshot that was taken for a policy.
 *
 * @param owner the policy, or the incident that it is evidence of
 */
record KeptSnapshot(MemorySnapshot snapshot, HasMetadata owner) {
  /** One to delete, and why. */
  record Outdated(KeptSnapshot snapshot, String reason) {}

  /**
   * Those that are too old, and the oldest while the artefacts of all hold too much; oldest first.
   *
   * @param all that were taken for the policy
   */
  static List<Outdated> outdated(List<KeptSnapshot> all, SnapshotRetention retention, Instant now) {
    var oldest =
        Optional.ofNullable(retention.maxAge()).map(age -> now.minus(Durations.parse(age)));
    long most =
        Optional.ofNullable(retention.maxSize())
            .map(size -> Quantity.getAmountInBytes(Quantity.parse(size)).longValue())
            .orElse(Long.MAX_VALUE);
    long held = all.stream().mapToLong(KeptSnapshot::bytes).sum();
    var outdated = new ArrayList<Outdated>();
    for (var one : inOrder(all)) {
      if (oldest.filter(one.completedAt()::isBefore).isPresent()) {
        outdated.add(
            new Outdated(
                one, "it is older than %s (retention.maxAge)".formatted(retention.maxAge())));
      } else if (held > most && one.bytes() > 0) {
        outdated.add(
            new Outdated(
                one,
                "artefacts of its policy hold %d bytes, more than %s (retention.maxSize)"
                    .formatted(held, retention.maxSize())));
      } else {
        continue;
      }
      held -= one.bytes();
    }
    return outdated;
  }

  private static List<KeptSnapshot> inOrder(List<KeptSnapshot> all) {
    return all.stream()
        .filter(one -> one.isCompleted() && !one.isNeeded())
        .sorted(
            Comparator.comparing(KeptSnapshot::completedAt)
                .thenComparing(one -> one.snapshot().getMetadata().getName()))
        .toList();
  }

  private boolean isCompleted() {
    return snapshot.getStatus() != null && snapshot.getStatus().completedAt() != null;
  }

  /** As evidence of an incident that is open. */
  private boolean isNeeded() {
    return owner instanceof LeakIncident incident
        && (incident.getStatus() == null || incident.getStatus().endedAt() == null);
  }

  private Instant completedAt() {
    return Instant.parse(Objects.requireNonNull(snapshot.getStatus().completedAt()));
  }

  /** On its node. */
  private long bytes() {
    return snapshot.getStatus() == null
        ? 0
        : snapshot.getStatus().artifacts().stream()
            .filter(artifact -> artifact.path() != null && artifact.size() != null)
            .mapToLong(artifact -> Objects.requireNonNull(artifact.size()))
            .sum();
  }
}
