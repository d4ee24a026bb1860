package dev.heapwarden.operator.respond.guard;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.journal.UndoReason;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What was rolled back for the same leak before is not done again by itself. */
public final class Precedent {
  /** How a step's message began before it had a cause, where that is no failure. */
  private static final List<String> NO_FAILURE =
      Stream.of(UndoReason.POLICY_DELETED, UndoReason.UNINSTALLED, UndoReason.EXPIRED)
          .map(UndoReason::text)
          .toList();

  private static final String NOT_REPEATED = "NotRepeated: ";

  private Precedent() {}

  /**
   * Why the very same change is only suggested; empty where the latest episode with such a step did
   * not roll it back, and did not leave it at a suggestion for that reason.
   *
   * @param patch the exact change
   * @param all incidents of the namespace
   */
  public static Optional<String> against(
      ActionKind kind, String patch, LeakIncident incident, List<LeakIncident> all) {
    if (kind.level() < ActionKind.PATCH_ENVIRONMENT.level()) {
      return Optional.empty();
    }
    return all.stream()
        .filter(other -> precedes(other, incident))
        .filter(
            before -> Steps.newest(before.getStatus(), kind).filter(Precedent::says).isPresent())
        .max(Comparator.comparingInt(before -> before.getSpec().target().episode()))
        .flatMap(before -> against(kind, patch, before));
  }

  private static Optional<String> against(ActionKind kind, String patch, LeakIncident before) {
    var status = before.getStatus();
    return Steps.newest(status, kind)
        .filter(step -> patch.equals(step.patch()))
        .filter(
            step ->
                (wasRolledBack(status) && wasTakenBack(step) && saysSomethingAgainstIt(step))
                    || (step.state() == State.SUGGESTED && text(step).startsWith(NOT_REPEATED)))
        .map(step -> reason(before, step));
  }

  /** All of it, or all but what could not be undone. */
  private static boolean wasRolledBack(LeakIncidentStatus status) {
    return status.phase() == Phase.ROLLED_BACK
        || Steps.all(status).anyMatch(step -> Steps.undoFailure(step).isPresent());
  }

  private static String reason(LeakIncident before, Step step) {
    return step.state() == State.SUGGESTED
        ? text(step)
        : NOT_REPEATED
            + "the same change was %s in %s: %s"
                .formatted(
                    step.state() == State.UNDONE ? "rolled back" : "to be rolled back",
                    before.getMetadata().getName(),
                    text(step));
  }

  /** A step that was never done is none to learn from. */
  private static boolean says(Step step) {
    return switch (step.state()) {
      case DONE, UNDOING, UNDONE, SUGGESTED -> true;
      case FAILED -> wasTakenBack(step);
      case PLANNED, INTENDED, REFUSED -> false;
    };
  }

  /** Or was to be, and is still there. */
  private static boolean wasTakenBack(Step step) {
    return step.state() == State.UNDONE || Steps.undoFailure(step).isPresent();
  }

  private static boolean saysSomethingAgainstIt(Step step) {
    var cause = step.undoCause();
    if (cause == null) {
      return NO_FAILURE.stream().noneMatch(text(step)::startsWith);
    }
    return switch (cause) {
      case EXPIRED, POLICY_DELETED, UNINSTALLED -> false;
      case ASKED, INCIDENT_DELETED, ENDED, FAILED, DID_NOT_HELP -> true;
    };
  }

  private static String text(Step step) {
    var message = step.message();
    return message == null ? "" : message;
  }

  private static boolean precedes(LeakIncident other, LeakIncident incident) {
    var before = other.getSpec().target();
    var target = incident.getSpec().target();
    return before.uid().equals(target.uid())
        && before.container().equals(target.container())
        && before.episode() < target.episode()
        && other.getStatus() != null;
  }
}
