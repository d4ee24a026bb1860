package dev.heapwarden.operator.respond.step;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.operator.api.ApiServer;
import dev.heapwarden.operator.report.Reason;
import dev.heapwarden.operator.respond.action.Acted;
import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.action.Plan;
import dev.heapwarden.operator.respond.action.Seen;
import dev.heapwarden.operator.respond.guard.Ruling;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.journal.UndoReason;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Carries one action from intent to outcome, with a durable record before it and after it. */
final class Performance {
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration POLL = Duration.ofSeconds(2);
  private static final Duration LATER = Duration.ofSeconds(10);

  /** How long a moment is waited for in which it can be done. */
  private static final Duration MOMENT_PATIENCE = Duration.ofMinutes(5);

  /** On a planned step: since when the action waits for such a moment. */
  static final String HELD_SINCE = "heldSince";

  private final Action action;
  private final Tried tried;
  private final Admission admission;
  private final StepRecords records;

  Performance(Action action, Admission admission) {
    this.action = action;
    this.tried = new Tried(action);
    this.admission = admission;
    this.records = new StepRecords(action.kind());
  }

  Optional<Step> step(Round round) {
    return Steps.newest(round.status(), action.kind());
  }

  /**
   * Up to the act. A step found as intended is recognised as done, whatever the guards say now, or
   * carried out.
   */
  Progress begin(Round round) {
    var step = step(round);
    if (step.isEmpty() || step.get().state() == State.PLANNED) {
      return propose(round, step);
    }
    if (step.get().state() != State.INTENDED || Steps.actedAt(step.get()).isPresent()) {
      return new Progress.Proceed();
    }
    if (tried.isActed(round, step.get())) {
      return acted(round, step.get());
    }
    return switch (admission.standing(round, action.kind())) {
      case Ruling.Go _ -> act(round, step.get());
      case Ruling.PlanOnly _ ->
          new Progress.Held(LATER, "mode DryRun: an intended step waits", Ruling.Cause.MODE);
      case Ruling.Hold hold -> held(hold);
      case Ruling.Never(var reason) ->
          records.settle(round, step.get(), State.REFUSED, Reason.STEP_REFUSED, reason);
    };
  }

  /** A further attempt after one that failed. */
  Progress beginAgain(Round round) {
    return propose(round, Optional.empty());
  }

  /** It is not begun any more. */
  void leaveOut(Round round, String reason) {
    records.refuse(round, round.workload(), reason);
  }

  private Progress propose(Round round, Optional<Step> planned) {
    if (!action.isAsked(round.situation())) {
      return new Progress.Proceed();
    }
    var progress =
        admission.ask(
            round,
            action.kind(),
            ruling ->
                switch (ruling) {
                  case Ruling.Hold hold -> held(hold);
                  case Ruling.PlanOnly _ -> {
                    new DryRun(tried, records).note(round, planned);
                    yield new Progress.Proceed();
                  }
                  case Ruling.Go _ -> intend(round, planned);
                  case Ruling.Never(var reason) -> records.refuse(round, round.workload(), reason);
                });
    var step = step(round);
    // Acting needs no lock: the intent counts against every budget.
    return progress instanceof Progress.Proceed
            && step.isPresent()
            && step.get().state() == State.INTENDED
        ? act(round, step.get())
        : progress;
  }

  private static Progress held(Ruling.Hold hold) {
    return new Progress.Held(hold.after(), hold.reason(), hold.cause());
  }

  private Progress intend(Round round, Optional<Step> planned) {
    return switch (tried.plan(round)) {
      case Plan.Do(var object, var message, var patch, var facts) -> {
        var precedent = admission.precedent(round, action.kind(), patch);
        if (precedent.isPresent()) {
          yield records.suggest(round, object, precedent.get(), patch);
        }
        if (action.kind().changesWorkload()) {
          var denial = hold(round);
          if (denial.isPresent()) {
            yield notNow(round, planned, object, denial.get());
          }
        }
        records.intend(round, object, message, patch, facts);
        yield new Progress.Proceed();
      }
      case Plan.Refuse(var object, var reason) -> records.refuse(round, object, reason);
      case Plan.Suggest(var object, var reason, var patch) ->
          records.suggest(round, object, reason, patch);
      case Plan.NotNow(var object, var reason) -> notNow(round, planned, object, reason);
    };
  }

  /** Why neither the incident nor its policy may be kept until the action is undone. */
  private static Optional<String> hold(Round round) {
    try {
      round.journal().hold();
      return Optional.empty();
    } catch (KubernetesClientException e) {
      if (!ApiServer.isDenial(e)) {
        throw e;
      }
      return Optional.of("the policy cannot be kept until it is undone: " + ApiServer.words(e));
    }
  }

  private Progress notNow(Round round, Optional<Step> planned, String object, String reason) {
    var since = planned.map(step -> Steps.fact(step, HELD_SINCE)).filter(at -> !at.isEmpty());
    if (since.isEmpty()) {
      records.plan(
          round, object, "waits: " + reason, null, Map.of(HELD_SINCE, round.now().toString()));
    } else if (round.now().isAfter(Instant.parse(since.get()).plus(MOMENT_PATIENCE))) {
      return records.refuse(round, object, reason);
    }
    return new Progress.Held(LATER, reason, Ruling.Cause.GUARD);
  }

  private Progress act(Round round, Step step) {
    return switch (tried.act(round, step)) {
      case Acted.Yes _ -> acted(round, step);
      case Acted.Again(var reason) -> new Progress.Wait(SOON, reason);
      case Acted.No(var reason) ->
          records.settle(round, step, State.FAILED, Reason.STEP_FAILED, reason);
      case Acted.Owned(var reason) ->
          records.settle(round, step, State.SUGGESTED, Reason.STEP_SUGGESTED, reason);
    };
  }

  private Progress acted(Round round, Step step) {
    var now = round.now();
    if (action.kind().changesWorkload()) {
      admission.spend(round, action.kind(), now);
    }
    var expires = action.timeToLive(round.situation()).map(now::plus).orElse(null);
    round.journal().write(draft -> draft.replace(step, Steps.acted(step, now, expires)));
    return new Progress.Proceed();
  }

  /** From the act to its outcome. */
  Progress settle(Round round) {
    var found = step(round);
    if (found.isEmpty()
        || found.get().state() != State.INTENDED
        || Steps.actedAt(found.get()).isEmpty()) {
      return new Progress.Proceed();
    }
    var step = found.get();
    return switch (action.look(round.situation(), step)) {
      case Seen.Done(var message, var culprit) -> {
        round
            .journal()
            .write(
                draft -> {
                  draft
                      .replace(step, Steps.settled(step, State.DONE, message, round.now()))
                      .reached(action.kind().level())
                      .waitingFor(null)
                      .say(
                          action.kind().done(),
                          message + culprit.map(named -> "; site " + named.site()).orElse(""));
                  culprit.ifPresent(named -> draft.culprit(named.cause(), named.site()));
                });
        yield new Progress.Proceed();
      }
      case Seen.NotYet(var reason, var since) -> {
        // Who was away asks late; whoever is asked has all the time from then on.
        var begun = since.orElseGet(() -> Steps.actedAt(step).orElseThrow());
        yield round.now().isAfter(begun.plus(action.patience(round.situation())))
            ? failed(round, step, "not seen to be done in time: " + reason)
            : new Progress.Wait(POLL, reason);
      }
      case Seen.Failed(var reason) -> failed(round, step, reason);
    };
  }

  /** What was acted and failed is taken back, where it changed anything. */
  private Progress failed(Round round, Step step, String reason) {
    if (!action.kind().changesWorkload()) {
      return records.settle(round, step, State.FAILED, Reason.STEP_FAILED, reason);
    }
    round
        .journal()
        .write(
            draft ->
                draft
                    .replace(step, Steps.undoing(step, UndoReason.failed(reason)))
                    .say(Reason.STEP_FAILED, action.kind().text() + ": " + reason));
    return new Progress.Wait(SOON, "undoing " + action.kind().text());
  }
}
