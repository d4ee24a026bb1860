package dev.heapwarden.operator.respond.step;

import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.journal.ActionKind;

/** Level 2. Where the pod cannot be isolated the response goes on without it. */
public final class Isolate implements ResponseStep {
  private final Performance isolation;

  public Isolate(Action isolation, Admission admission) {
    this.isolation = new Performance(isolation, admission);
  }

  @Override
  public Progress advance(Round round) {
    if (round.respond().maxLevel() < ActionKind.ISOLATE.level()) {
      return new Progress.Proceed();
    }
    var begun = isolation.begin(round);
    return begun instanceof Progress.Proceed ? isolation.settle(round) : begun;
  }
}
