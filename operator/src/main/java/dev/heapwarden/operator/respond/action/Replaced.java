package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether an intervention makes the pods anew, so that what is done to the old ones is lost. */
final class Replaced {
  private Replaced() {}

  static Optional<ActionKind> by(LeakIncidentStatus status) {
    return Stream.of(ActionKind.PATCH_ENVIRONMENT, ActionKind.RESTART)
        .filter(kind -> Steps.newest(status, kind).filter(Replaced::isBegun).isPresent())
        .findFirst();
  }

  static boolean isBegun(Step step) {
    return Steps.hasEffect(step) || step.state() == Step.State.DONE;
  }
}
