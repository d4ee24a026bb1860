package dev.heapwarden.operator.respond.step;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.respond.action.Plan;
import dev.heapwarden.operator.respond.journal.Steps;
import java.util.Map;
import java.util.Optional;

/** Says on the incident what an action would do, and does nothing. */
record DryRun(Tried tried, StepRecords records) {
  /** On a planned step: the moment in which it could be done has not come. */
  private static final String WOULD_WAIT = "wouldWait";

  /** Once; but what would wait is planned anew until it would not. */
  void note(Round round, Optional<Step> planned) {
    boolean waits = has(planned, WOULD_WAIT);
    if (planned.isPresent() && !waits && !has(planned, Performance.HELD_SINCE)) {
      return;
    }
    switch (tried.plan(round)) {
      case Plan.Do(var object, var message, var patch, _) ->
          records.plan(round, object, "would " + message, patch, Map.of());
      case Plan.Refuse(var object, var reason) ->
          records.plan(round, object, "would refuse: " + reason, null, Map.of());
      case Plan.Suggest(var object, var reason, var patch) ->
          records.plan(round, object, "would only suggest: " + reason, patch, Map.of());
      case Plan.NotNow(var object, var reason) -> {
        if (!waits) {
          var facts = Map.of(WOULD_WAIT, "true");
          records.plan(round, object, "would wait: " + reason, null, facts);
        }
      }
    }
  }

  private static boolean has(Optional<Step> planned, String fact) {
    return planned.filter(step -> !Steps.fact(step, fact).isEmpty()).isPresent();
  }
}
