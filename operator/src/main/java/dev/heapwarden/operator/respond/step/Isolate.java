package dev.heapwarden.operator.respond.step;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;

/**
 * Level 2: isolates the pod, and then looks who holds what grows in the pod, which serves nobody
 * any more. Where either cannot be done, or the second may not be done now, the response goes on
 * without it.
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
    if (isTooLateToSample(round)) {
      return new Progress.Proceed();
    }
    var sampled = perform(sampling, round);
    return sampled instanceof Progress.Held ? new Progress.Proceed() : sampled;
  }

  /** Once level 3 has begun, a sample that was not would throw the response back. */
  private boolean isTooLateToSample(Round round) {
    return sampling.step(round).filter(Isolate::isBegun).isEmpty()
        && Steps.all(round.status())
            .anyMatch(step -> step.level() > ActionKind.ISOLATE.level() && isBegun(step));
  }

  /** In DryRun steps of all levels are planned. */
  private static boolean isBegun(Step step) {
    return step.state() != Step.State.PLANNED;
  }

  private static Progress perform(Performance action, Round round) {
    var begun = action.begin(round);
    return begun instanceof Progress.Proceed ? action.settle(round) : begun;
  }
}
