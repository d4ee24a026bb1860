package dev.heapwarden.operator.respond.step;

import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.guard.Ruling.Cause;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.journal.UndoReason;
import java.util.List;
import java.util.Optional;

/**
 * Level 3. All its actions are begun before any is waited for, so that there is one rollout; where
 * one fails all are taken back.
 */
public final class Intervene implements ResponseStep {
  private final List<Performance> actions;
  private final Undoing undoing;

  public Intervene(List<Action> actions, Admission admission, Undoing undoing) {
    this.actions = actions.stream().map(action -> new Performance(action, admission)).toList();
    this.undoing = undoing;
  }

  @Override
  public Progress advance(Round round) {
    var undone = undone(round);
    if (undone.isPresent()) {
      var all = Undone.of(round.status());
      return all.left().isEmpty()
          ? new Progress.End(Phase.ROLLED_BACK, undone.get())
          : new Progress.End(
              all.phase(),
              "%s; %s; %s".formatted(undone.get(), Undone.NOT_ALL, String.join("; ", all.left())));
    }
    if (round.respond().maxLevel() < ActionKind.PATCH_ENVIRONMENT.level()) {
      return new Progress.Proceed();
    }
    Progress next = new Progress.Proceed();
    for (var action : actions) {
      next = later(next, unlessEvidenceIsGone(round, action.begin(round)));
    }
    for (var action : actions) {
      next = later(next, action.settle(round));
    }
    if (Steps.all(round.status()).anyMatch(Intervene::isBeingUndone)) {
      undoing.intend(round.journal(), Intervene::isIntervention, UndoReason.OTHER_FAILED);
    }
    return next;
  }

  /**
   * Once one is in force the leak may be gone because of it: the others are left out, not waited
   * for.
   */
  private static Progress unlessEvidenceIsGone(Round round, Progress begun) {
    return begun instanceof Progress.Held(_, _, var cause)
            && cause == Cause.EVIDENCE
            && Steps.all(round.status()).anyMatch(Intervene::isInForce)
        ? new Progress.Proceed()
        : begun;
  }

  private static boolean isInForce(Step step) {
    return isIntervention(step) && Steps.hasEffect(step) && Steps.actedAt(step).isPresent();
  }

  /** What has to be waited for first is said; a failure found later is seen in the next round. */
  private static Progress later(Progress first, Progress second) {
    return first instanceof Progress.Proceed ? second : first;
  }

  private static Optional<String> undone(Round round) {
    return Steps.all(round.status())
        .filter(Intervene::isIntervention)
        .filter(step -> step.state() == Step.State.UNDONE || Steps.undoFailure(step).isPresent())
        .map(step -> step.message() == null ? step.action() : step.message())
        .findFirst();
  }

  private static boolean isBeingUndone(Step step) {
    return isIntervention(step) && step.state() == Step.State.UNDOING;
  }

  static boolean isIntervention(Step step) {
    return Steps.kind(step).filter(ActionKind::intervenes).isPresent();
  }
}
