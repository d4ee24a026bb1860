package dev.heapwarden.operator.respond.step;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.operator.report.Reason;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes what becomes of one kind of action, each with its line on the timeline. */
record StepRecords(ActionKind kind) {
  /** Nothing is done, or not yet. */
  void plan(
      Round round,
      String object,
      String message,
      @Nullable String patch,
      Map<String, String> facts) {
    var step = fresh(round, State.PLANNED, object, message, patch, facts);
    round
        .journal()
        .write(
            draft ->
                draft
                    .add(step)
                    .say(Reason.STEP_PLANNED, kind.text() + " " + object + ": " + message));
  }

  void intend(Round round, String object, String message, String patch, Map<String, String> facts) {
    var step = fresh(round, State.INTENDED, object, message, patch, facts);
    round
        .journal()
        .write(
            draft ->
                draft
                    .phase(kind.phase())
                    .waitingFor(null)
                    .add(step)
                    .say(kind.intended(), kind.text() + ": " + message));
  }

  Progress refuse(Round round, String object, String reason) {
    return decline(round, State.REFUSED, Reason.STEP_REFUSED, object, reason, null);
  }

  Progress suggest(Round round, String object, String reason, @Nullable String patch) {
    return decline(round, State.SUGGESTED, Reason.STEP_SUGGESTED, object, reason, patch);
  }

  Progress settle(Round round, Step step, State state, Reason said, String reason) {
    var settled = Steps.settled(step, state, reason, round.now());
    round
        .journal()
        .write(draft -> draft.replace(step, settled).say(said, kind.text() + ": " + reason));
    return new Progress.Proceed();
  }

  private Progress decline(
      Round round, State state, Reason said, String object, String reason, @Nullable String patch) {
    var step = fresh(round, state, object, reason, patch, Map.of());
    var settled = Steps.settled(step, state, reason, round.now());
    round
        .journal()
        .write(draft -> draft.add(settled).say(said, kind.text() + " " + object + ": " + reason));
    return new Progress.Proceed();
  }

  private Step fresh(
      Round round,
      State state,
      String object,
      String message,
      @Nullable String patch,
      Map<String, String> facts) {
    return new Step(
        kind.text(),
        kind.level(),
        state,
        object,
        message,
        patch,
        facts,
        round.now().toString(),
        null,
        null);
  }
}
