package dev.heapwarden.operator.respond.step;

import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.journal.ActionKind;

/**
 * Level 2: isolates the pod, and then looks who holds what grows, which nobody waits for any more.
 * Where either cannot be done, or the second may not be done now, the response goes on without it.
 */
public final class Isolate implements ResponseStep {
  private final Performance isolation;
  private final Performance sampling;

  public Isolate(Action isolation, Action sampling, Admission admission) {
    this.isolation = new Performance(isolation, admission);
    this.sampling = new Performance(sampling, admission);
  }

  @Override
  public Progress advance(Round round) {
    if (round.respond().maxLevel() < ActionKind.ISOLATE.level()) {
      return new Progress.Proceed();
    }
    var isolated = perform(isolation, round);
    if (!(isolated instanceof Progress.Proceed)) {
      return isolated;
    }
    var sampled = perform(sampling, round);
    return sampled instanceof Progress.Held ? new Progress.Proceed() : sampled;
  }

  private static Progress perform(Performance action, Round round) {
    var begun = action.begin(round);
    return begun instanceof Progress.Proceed ? action.settle(round) : begun;
  }
}
