package dev.heapwarden.operator.respond;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec.Target;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.operator.evaluate.Assessments;
import dev.heapwarden.operator.incident.Withdrawal;
import dev.heapwarden.operator.respond.journal.IncidentStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * For how long an incident is kept after its end.
 *
 * @param time as installed; never less than the policy's cooldown, which begins at that end
 */
record Retention(Duration time, IncidentStore store, Assessments assessments) {
  /** Whether nobody needs it any more. */
  boolean isOver(LeakIncident incident, Optional<MemoryPolicy> policy, Instant now) {
    return isKeptLongEnough(incident, policy, now) && isNeededNoMore(incident, policy);
  }

  private boolean isKeptLongEnough(
      LeakIncident incident, Optional<MemoryPolicy> policy, Instant now) {
    var endedAt = incident.getStatus().endedAt();
    if (endedAt == null) {
      return false;
    }
    var end = Withdrawal.at(incident).orElseGet(() -> Instant.parse(endedAt));
    return !now.isBefore(end.plus(time)) && !now.isBefore(end.plus(cooldown(policy)));
  }

  private static Duration cooldown(Optional<MemoryPolicy> policy) {
    return policy
        .map(found -> Durations.parse(found.getSpec().respond().cooldown()))
        .orElse(Duration.ZERO);
  }

  /** While its workload may be watched, the newest incident of a leak says what was tried. */
  private boolean isNeededNoMore(LeakIncident incident, Optional<MemoryPolicy> policy) {
    var target = incident.getSpec().target();
    return isUnwatched(target, policy)
        || store.inNamespace(incident.getMetadata().getNamespace()).stream()
            .map(other -> other.getSpec().target())
            .anyMatch(
                other ->
                    other.uid().equals(target.uid())
                        && other.container().equals(target.container())
                        && other.episode() > target.episode());
  }

  private boolean isUnwatched(Target target, Optional<MemoryPolicy> policy) {
    return assessments.of(target.uid(), target.container()).isEmpty()
        && policy
            .map(MemoryPolicy::getMetadata)
            .map(found -> assessments.isGone(found.getUid(), target.uid(), target.container()))
            .orElse(true);
  }
}
