package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * An intervention that was taken back after the incident ended: its time was over, its policy was
 * deleted, or Heapwarden was uninstalled. One that a person undid is none.
 */
public final class Withdrawal {
  private static final int INTERVENTION = 3;

  private Withdrawal() {}

  /** When the last one was taken back; empty while one is still to be, or none was. */
  public static Optional<Instant> at(LeakIncident incident) {
    var status = incident.getStatus();
    var endedAt = status.endedAt();
    if (endedAt == null
        || (isRolledBack(incident) && !isUninstalled(incident))
        || status.steps().stream().anyMatch(Withdrawal::isInForce)) {
      return Optional.empty();
    }
    return status.steps().stream()
        .filter(
            step ->
                step.level() == INTERVENTION
                    && step.expiresAt() != null
                    && step.state() == Step.State.UNDONE)
        .flatMap(step -> Optional.ofNullable(step.settledAt()).stream())
        .map(Instant::parse)
        .filter(Instant.parse(endedAt)::isBefore)
        .max(Comparator.naturalOrder());
  }

  /** As somebody asked, or because it did not help. */
  private static boolean isRolledBack(LeakIncident incident) {
    return incident.getSpec().response().undo()
        || incident.getStatus().phase() == Phase.ROLLED_BACK;
  }

  /** The uninstallation asks to undo in nobody's name. */
  public static boolean isUninstalled(LeakIncident incident) {
    var annotations = incident.getMetadata().getAnnotations();
    return annotations != null && annotations.containsKey(Api.UNINSTALL_ANNOTATION);
  }

  private static boolean isInForce(Step step) {
    return step.level() == INTERVENTION && Effect.isInForce(step);
  }
}
