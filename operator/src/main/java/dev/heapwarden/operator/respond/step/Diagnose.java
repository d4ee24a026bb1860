package dev.heapwarden.operator.respond.step;

import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;

/** Level 1: evidence first. Without it nothing else is done. */
public final class Diagnose implements ResponseStep {
  private static final int ATTEMPTS = 2;

  private final Performance snapshot;

  public Diagnose(Action snapshot, Admission admission) {
    this.snapshot = new Performance(snapshot, admission);
  }

  @Override
  public Progress advance(Round round) {
    var begun = failedOnce(round) ? snapshot.beginAgain(round) : snapshot.begin(round);
    if (!(begun instanceof Progress.Proceed)) {
      return begun;
    }
    var settled = snapshot.settle(round);
    if (!(settled instanceof Progress.Proceed)) {
      return settled;
    }
    if (failedOnce(round)) {
      return new Progress.Wait(java.time.Duration.ofSeconds(2), "the snapshot is tried again");
    }
    return snapshot
        .step(round)
        .filter(Diagnose::hasNoEvidence)
        .<Progress>map(
            step ->
                new Progress.End(
                    Phase.NEEDS_HUMAN,
                    "no snapshot could be taken, and without evidence nothing is done: "
                        + step.message()))
        .orElseGet(Progress.Proceed::new);
  }

  private static boolean hasNoEvidence(Step step) {
    return switch (step.state()) {
      case REFUSED, FAILED, SUGGESTED -> true;
      // Planned: in DryRun the further steps are planned too.
      case PLANNED, INTENDED, DONE, UNDOING, UNDONE -> false;
    };
  }

  private boolean failedOnce(Round round) {
    var attempts =
        Steps.all(round.status()).filter(step -> Steps.is(step, ActionKind.DIAGNOSE)).toList();
    return attempts.size() < ATTEMPTS
        && attempts.stream().anyMatch(step -> step.state() == Step.State.FAILED);
  }
}
