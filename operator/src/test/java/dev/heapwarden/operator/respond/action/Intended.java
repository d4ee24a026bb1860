package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.respond.Fixtures;

/** What is written down at noon before an action acts. */
final class Intended {
  private Intended() {}

  static Step step(Action action, Plan.Do planned) {
    return new Step(
        action.kind().text(),
        action.kind().level(),
        Step.State.INTENDED,
        planned.object(),
        planned.message(),
        planned.patch(),
        planned.facts(),
        Fixtures.NOON.toString(),
        null,
        null);
  }
}
