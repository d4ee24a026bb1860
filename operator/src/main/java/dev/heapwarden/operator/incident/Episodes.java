package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.operator.evaluate.Assessment;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a confirmed leak is a new incident. While one of the same workload and container runs it
 * belongs to that. After a Resolved one a container that started since, or a growth that outlasts
 * the cooldown, is a new leak. After any other end the leak is known to go on: only after the
 * cooldown, and only where a container started since or the growth is beyond what was found then,
 * is it worth another response. Where an intervention was withdrawn since, that is when it ended,
 * and a leak that is still confirmed after the cooldown is a new one.
 */
final class Episodes {
  private Episodes() {}

  static Optional<LeakIncident> newest(List<LeakIncident> ofTheSameContainer) {
    return ofTheSameContainer.stream()
        .max(Comparator.comparingInt(incident -> incident.getSpec().target().episode()));
  }

  /** The newest of the same container before this one. */
  static Optional<LeakIncident> before(LeakIncident incident, List<LeakIncident> incidents) {
    var target = incident.getSpec().target();
    return newest(
        incidents.stream()
            .filter(Leak.of(target)::isOf)
            .filter(other -> other.getSpec().target().episode() < target.episode())
            .toList());
  }

  /** The number of the episode to open; empty when none is. */
  static Optional<Integer> next(
      Optional<LeakIncident> newest, List<Assessment> confirmed, Duration cooldown, Instant now) {
    if (newest.isEmpty()) {
      return Optional.of(1);
    }
    var status = newest.get().getStatus();
    if (running(status)) {
      return Optional.empty();
    }
    var endedAt = status.endedAt();
    var withdrawn = Withdrawal.at(newest.get());
    var ended = withdrawn.orElseGet(() -> endedAt == null ? Instant.EPOCH : Instant.parse(endedAt));
    var cooled = !now.isBefore(ended.plus(cooldown));
    var startedSince =
        confirmed.stream().anyMatch(found -> found.at().minus(found.containerAge()).isAfter(ended));
    var opens =
        switch (status.phase()) {
          case RESOLVED -> startedSince || cooled;
          case MITIGATED, ROLLED_BACK, NEEDS_HUMAN ->
              cooled
                  && (withdrawn.isPresent()
                      || startedSince
                      || confirmed.stream().anyMatch(found -> worse(status, found)));
          case OPEN, DIAGNOSING, ISOLATING, INTERVENING, VERIFYING -> false;
        };
    return opens ? Optional.of(newest.get().getSpec().target().episode() + 1) : Optional.empty();
  }

  /** An incident whose status was never written was only just opened. */
  static boolean running(@Nullable LeakIncidentStatus status) {
    return status == null || !status.phase().terminal();
  }

  private static boolean worse(LeakIncidentStatus ended, Assessment found) {
    var then = ended.finding();
    return then == null || Findings.lowest(found) > then.growthHigh();
  }
}
