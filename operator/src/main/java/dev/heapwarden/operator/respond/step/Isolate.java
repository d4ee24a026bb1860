package dev.heapwarden.operator.respond.step;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import java.util.List;

/**
 * Level 2: isolates the pod, and then takes the evidence of it that would have stopped it for too
 * long while it served: what level 1 had to leave out, and who holds what grows. Where one cannot
 * be done, or evidence may not be taken now, the response goes on without it.
 */
public final class Isolate implements ResponseStep {
  private final Performance isolation;
  private final List<Performance> evidence;

  /**
   * Wires the parts.
   *
   * @param evidence to be taken of the isolated pod, one after the other
   */
  public Isolate(Action isolation, List<Action> evidence, Admission admission) {
    this.isolation = new Performance(isolation, admission);
    this.evidence = evidence.stream().map(action -> new Performance(action, admission)).toList();
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
    for (var taking : evidence) {
      if (isTooLate(taking, round)) {
        continue;
      }
      var taken = perform(taking, round);
      if (!(taken instanceof Progress.Proceed || taken instanceof Progress.Held)) {
        return taken;
      }
    }
    return new Progress.Proceed();
  }

  /** Once level 3 has begun, what was not would throw the response back. */
  private static boolean isTooLate(Performance taking, Round round) {
    return taking.step(round).filter(Isolate::isBegun).isEmpty()
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
