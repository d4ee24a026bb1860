package dev.heapwarden.operator.respond.step;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.operator.api.ApiServer;
import dev.heapwarden.operator.report.Reason;
import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.action.Seen;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Journal;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.journal.UndoReason;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes back what was done, the last first, with a record before and after. */
public final class Undoing {
  private static final Logger LOG = LoggerFactory.getLogger(Undoing.class);
  private static final Duration POLL = Duration.ofSeconds(2);
  private static final Duration AFTER_ERROR = Duration.ofSeconds(15);

  private final Map<ActionKind, Action> actions;
  private final InstantSource clock;

  public Undoing(List<Action> actions, InstantSource clock) {
    this.actions =
        actions.stream().collect(java.util.stream.Collectors.toMap(Action::kind, action -> action));
    this.clock = clock;
  }

  /** Writes down that these steps are to be undone, where they may have left a mark. */
  public void intend(Journal journal, Predicate<Step> which, UndoReason why) {
    journal.write(
        draft ->
            Steps.all(journal.status())
                .filter(Steps::hasEffect)
                .filter(step -> step.state() != State.UNDOING)
                .filter(which)
                .forEach(step -> draft.replace(step, Steps.undoing(step, why))));
  }

  /** Goes on with what is being undone; empty when nothing is left to undo. */
  public Optional<Progress.Wait> advance(Journal journal) {
    Optional<Progress.Wait> wait = Optional.empty();
    for (var step : Steps.all(journal.status()).toList().reversed()) {
      if (step.state() == State.UNDOING) {
        var left = undo(journal, step);
        wait = left.isPresent() ? left : wait;
      }
    }
    return wait;
  }

  /** One that fails must not keep the others from being undone. */
  private Optional<Progress.Wait> undo(Journal journal, Step step) {
    var action = Steps.kind(step).map(actions::get);
    if (action.isEmpty()) {
      return Optional.of(new Progress.Wait(AFTER_ERROR, "no way to undo " + step.action()));
    }
    Seen seen;
    try {
      seen = action.get().undo(journal.incident(), step, clock.instant());
    } catch (KubernetesClientException e) {
      LOG.warn(
          "undo failed incident={} action={} code={}",
          journal.incident().getMetadata().getName(),
          step.action(),
          e.getCode(),
          e);
      return Optional.of(
          new Progress.Wait(
              AFTER_ERROR,
              "undo of %s failed, tried again: %s".formatted(step.action(), ApiServer.words(e))));
    }
    return switch (seen) {
      case Seen.NotYet(var reason, _) -> Optional.of(new Progress.Wait(POLL, reason));
      case Seen.Done(var message, _) ->
          settle(journal, step, step, State.UNDONE, Reason.STEP_UNDONE, message);
      case Seen.Failed(var message) ->
          settle(
              journal,
              step,
              Steps.notUndone(step, message),
              State.FAILED,
              Reason.STEP_FAILED,
              "cannot be undone: " + message);
    };
  }

  private Optional<Progress.Wait> settle(
      Journal journal, Step step, Step next, State state, Reason said, String message) {
    var text = step.message() == null ? message : step.message() + "; " + message;
    journal.write(
        draft ->
            draft
                .replace(step, Steps.settled(next, state, text, clock.instant()))
                .say(said, step.action() + ": " + text));
    return Optional.empty();
  }
}
