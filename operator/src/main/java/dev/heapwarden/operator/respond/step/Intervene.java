package dev.heapwarden.operator.respond.step;

import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.UndoCause;
import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.guard.Ruling.Cause;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.journal.UndoReason;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Level 3. What can be given back is asked for first. All its actions are begun before any is
 * waited for, so that there is one rollout; where one fails all are taken back.
 */
public final class Intervene implements ResponseStep {
  private final Performance relief;
  private final List<Performance> actions;
  private final Undoing undoing;

  public Intervene(Action relief, List<Action> actions, Admission admission, Undoing undoing) {
    this.relief = new Performance(relief, admission);
    this.actions = actions.stream().map(action -> new Performance(action, admission)).toList();
    this.undoing = undoing;
  }

  @Override
  public Progress advance(Round round) {
    var undone = undone(round);
    if (undone.isPresent()) {
      return takenBack(round, undone.get());
    }
    if (round.respond().maxLevel() < ActionKind.PATCH_ENVIRONMENT.level()) {
      return new Progress.Proceed();
    }
    var relieved = relieve(round);
    if (!(relieved instanceof Progress.Proceed)) {
      return relieved;
    }
    Progress next = new Progress.Proceed();
    var notNow = new LinkedHashMap<Performance, Progress.Held>();
    for (var action : actions) {
      var begun = action.begin(round);
      if (begun instanceof Progress.Held held && isNotWaitedFor(round, action, held)) {
        notNow.put(action, held);
      } else {
        next = later(next, begun);
      }
    }
    for (var action : actions) {
      next = later(next, action.settle(round));
    }
    if (Steps.all(round.status()).anyMatch(Intervene::isBeingUndone)) {
      undoing.intend(round.journal(), Intervene::isIntervention, UndoReason.OTHER_FAILED);
    }
    if (next instanceof Progress.Proceed) {
      notNow.forEach((action, held) -> leaveOut(round, action, held));
    }
    return next;
  }

  /** Not after anything was changed: what is given back then would be taken for its effect. */
  private Progress relieve(Round round) {
    if (Steps.all(round.status()).anyMatch(Intervene::isBegun)
        && relief.step(round).filter(step -> step.state() == Step.State.INTENDED).isEmpty()) {
      return new Progress.Proceed();
    }
    var begun = relief.begin(round);
    return begun instanceof Progress.Proceed ? relief.settle(round) : begun;
  }

  private static boolean isBegun(Step step) {
    return isIntervention(step) && Steps.counts(step);
  }

  /** The others too: an operator may have died between the failure of one and their undo. */
  private Progress takenBack(Round round, Step undone) {
    if (Steps.all(round.status()).anyMatch(Intervene::isLeft)) {
      var why =
          undone.undoCause() == UndoCause.EXPIRED ? UndoReason.EXPIRED : UndoReason.OTHER_FAILED;
      undoing.intend(round.journal(), Intervene::isIntervention, why);
      return new Progress.Wait(Duration.ofSeconds(1), "undoing the other intervention");
    }
    var outcome = undone.message() == null ? undone.action() : undone.message();
    var all = Undone.of(round.status());
    return all.left().isEmpty()
        ? new Progress.End(Phase.ROLLED_BACK, outcome)
        : new Progress.End(
            all.phase(),
            "%s; %s; %s".formatted(outcome, Undone.NOT_ALL, String.join("; ", all.left())));
  }

  /**
   * Once one is in force it is to be verified, and the leak may be gone because of it: the others
   * are not waited for. What people hold back is.
   */
  private static boolean isNotWaitedFor(Round round, Performance action, Progress.Held held) {
    return Steps.all(round.status()).anyMatch(Intervene::isInForce)
        && switch (held.cause()) {
          case EVIDENCE -> true;
          case GUARD -> !isIntended(round, action);
          case MODE, APPROVAL -> false;
        };
  }

  /** What it would change while the other is verified would be taken for that one's effect. */
  private static void leaveOut(Round round, Performance action, Progress.Held held) {
    if (held.cause() == Cause.GUARD) {
      action.leaveOut(round, held.reason() + "; the other intervention is verified without it");
    }
  }

  private static boolean isIntended(Round round, Performance action) {
    return action.step(round).filter(step -> step.state() == Step.State.INTENDED).isPresent();
  }

  private static boolean isInForce(Step step) {
    return isIntervention(step)
        && (Steps.hasEffect(step) || step.state() == Step.State.DONE)
        && Steps.actedAt(step).isPresent();
  }

  /** What has to be waited for first is said; a failure found later is seen in the next round. */
  private static Progress later(Progress first, Progress second) {
    return first instanceof Progress.Proceed ? second : first;
  }

  private static Optional<Step> undone(Round round) {
    return Steps.all(round.status())
        .filter(Intervene::isIntervention)
        .filter(step -> step.state() == Step.State.UNDONE || Steps.undoFailure(step).isPresent())
        .findFirst();
  }

  private static boolean isLeft(Step step) {
    return isIntervention(step) && Steps.hasEffect(step);
  }

  private static boolean isBeingUndone(Step step) {
    return isIntervention(step) && step.state() == Step.State.UNDOING;
  }

  static boolean isIntervention(Step step) {
    return Steps.kind(step).filter(ActionKind::intervenes).isPresent();
  }
}
