package dev.heapwarden.operator.respond;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.operator.evaluate.Assessments;
import dev.heapwarden.operator.incident.Withdrawal;
import dev.heapwarden.operator.report.EventRecorder;
import dev.heapwarden.operator.report.Reason;
import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.guard.Installation;
import dev.heapwarden.operator.respond.guard.Precedent;
import dev.heapwarden.operator.respond.guard.Ruling;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.IncidentStore;
import dev.heapwarden.operator.respond.journal.Journal;
import dev.heapwarden.operator.respond.journal.StatusDraft;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.step.Admission;
import dev.heapwarden.operator.respond.step.Diagnose;
import dev.heapwarden.operator.respond.step.Intervene;
import dev.heapwarden.operator.respond.step.Isolate;
import dev.heapwarden.operator.respond.step.Progress;
import dev.heapwarden.operator.respond.step.ResponseStep;
import dev.heapwarden.operator.respond.step.Round;
import dev.heapwarden.operator.respond.step.Undoing;
import dev.heapwarden.operator.respond.step.Verify;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The response to one incident: Diagnose, Isolate, Intervene, Verify. Each call does what is due
 * now and says when to be called again. What was written in the incident is all it remembers.
 */
public final class Response {
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration NOT_YET = Duration.ofSeconds(2);

  private final IncidentStore store;
  private final Assessments assessments;
  private final EventRecorder events;
  private final InstantSource clock;
  private final Duration retention;
  private final Undoing undoing;
  private final List<ResponseStep> steps;

  /**
   * Wires the parts.
   *
   * @param retention for which an incident is kept after its end
   */
  public Response(
      Actions actions,
      Installation installation,
      IncidentStore store,
      Assessments assessments,
      EventRecorder events,
      InstantSource clock,
      Duration retention) {
    this.retention = retention;
    this.store = store;
    this.assessments = assessments;
    this.events = events;
    this.clock = clock;
    this.undoing = new Undoing(actions.all(), clock);
    var admission = new Admission(store, installation);
    this.steps =
        List.of(
            new Diagnose(actions.snapshot(), admission),
            new Isolate(actions.isolation(), actions.sampling(), admission),
            new Intervene(actions.interventions(), admission, undoing),
            new Verify(assessments, undoing));
  }

  /**
   * What the levels do.
   *
   * @param sampling what is looked at once the pod is isolated
   * @param interventions in the order in which they are begun
   */
  public record Actions(
      Action snapshot, Action isolation, Action sampling, List<Action> interventions) {
    List<Action> all() {
      var all = new ArrayList<>(List.of(snapshot, isolation, sampling));
      all.addAll(interventions);
      return all;
    }
  }

  /**
   * Does what is due.
   *
   * @param incident as it is in the API server now
   * @param policy empty when it was deleted
   * @return when to be called again at the latest
   */
  public Duration advance(LeakIncident incident, Optional<MemoryPolicy> policy) {
    if (incident.getStatus() == null || incident.getStatus().phase() == null) {
      return NOT_YET;
    }
    var journal = new Journal(incident, store, events, clock, Audience.of(incident, policy));
    try {
      return advance(journal, policy);
    } catch (IncidentStore.Conflict e) {
      return SOON;
    }
  }

  private Duration advance(Journal journal, Optional<MemoryPolicy> policy) {
    var incident = journal.incident();
    boolean deleted = incident.getMetadata().getDeletionTimestamp() != null;
    boolean undo = incident.getSpec().response().undo();
    undoing.intend(
        journal, step -> Steps.isExpired(step, clock.instant()), "its time to live is over");
    if (deleted || undo || policy.isEmpty()) {
      undoing.intend(journal, step -> true, whyAll(deleted, undo));
    }
    if (journal.phase().terminal()) {
      undoing.intend(
          journal,
          step -> step.state() == Step.State.INTENDED,
          "the response ended before it was seen to be done");
    }
    var left = undoing.advance(journal);
    if (left.isPresent()) {
      journal.write(draft -> draft.waitingFor(left.get().reason()));
      return left.get().after();
    }
    if (deleted) {
      journal.release();
      return Ruling.LONGEST;
    }
    if (undo && journal.phase() != Phase.ROLLED_BACK) {
      end(journal, new Progress.End(Phase.ROLLED_BACK, "undone as asked: " + undone(journal)));
    }
    if (policy.isEmpty() && !journal.phase().terminal()) {
      boolean changed =
          Steps.all(journal.status()).anyMatch(step -> step.state() == Step.State.UNDONE);
      var phase = changed ? Phase.ROLLED_BACK : Phase.NEEDS_HUMAN;
      end(journal, new Progress.End(phase, "its MemoryPolicy was deleted: " + undone(journal)));
    }
    Withdrawal.at(journal.status()).ifPresent(at -> withdrawn(journal, at));
    if (journal.phase().terminal() || policy.isEmpty()) {
      return rest(journal);
    }
    return step(journal, policy.get());
  }

  private Duration step(Journal journal, MemoryPolicy policy) {
    if (journal.status().baseline() == null) {
      var finding = journal.status().finding();
      if (finding == null || !finding.verdict().equals("Confirmed")) {
        return NOT_YET;
      }
      journal.write(draft -> draft.baseline(finding));
    }
    var round = new Round(journal, policy, clock);
    for (var step : steps) {
      switch (step.advance(round)) {
        case Progress.Proceed _ -> {}
        case Progress.Wait(var after, var reason) -> {
          journal.write(draft -> draft.waitingFor(reason));
          return atMostUntilExpiry(journal, after);
        }
        case Progress.Held(var after, var reason, var said) -> {
          hold(journal, reason, said);
          return atMostUntilExpiry(journal, after);
        }
        case Progress.End end -> {
          end(journal, end);
          return rest(journal);
        }
      }
    }
    throw new IllegalStateException("the last step of a response neither waited nor ended it");
  }

  private static void hold(Journal journal, String reason, Reason said) {
    journal.write(
        draft -> {
          draft.phase(Phase.OPEN).waitingFor(reason);
          if (!reason.equals(journal.status().waitingFor())) {
            draft.say(said, reason);
          }
        });
  }

  private void end(Journal journal, Progress.End end) {
    journal.write(
        draft -> {
          settleOpen(journal, draft, end.outcome());
          draft.ended(end.phase(), end.outcome()).say(reason(end.phase()), end.outcome());
        });
  }

  /** What is still waited for when the response ends is not waited for any more. */
  private void settleOpen(Journal journal, StatusDraft draft, String outcome) {
    var now = clock.instant();
    Steps.all(journal.status())
        .filter(step -> step.state() == Step.State.INTENDED && !Steps.hasEffect(step))
        .forEach(step -> draft.replace(step, Steps.settled(step, how(step), outcome, now)));
  }

  /** A verification ends with the response; a snapshot that was still waited for did not come. */
  private static Step.State how(Step open) {
    return Steps.is(open, ActionKind.VERIFY) ? Step.State.DONE : Step.State.FAILED;
  }

  private static Reason reason(Phase phase) {
    return switch (phase) {
      case RESOLVED -> Reason.LEAK_RESOLVED;
      case MITIGATED -> Reason.LEAK_MITIGATED;
      case ROLLED_BACK -> Reason.ROLLED_BACK;
      case NEEDS_HUMAN -> Reason.NEEDS_HUMAN;
      case OPEN, DIAGNOSING, ISOLATING, INTERVENING, VERIFYING ->
          throw new IllegalArgumentException("not an end: " + phase);
    };
  }

  /** What Verify found held only with the intervention. */
  private static void withdrawn(Journal journal, Instant at) {
    var outcome = Objects.requireNonNullElse(journal.status().outcome(), "");
    var withdrawn =
        "the intervention was withdrawn at %s: the leak may be back"
            .formatted(at.truncatedTo(ChronoUnit.SECONDS));
    if (!outcome.endsWith(withdrawn)) {
      journal.write(
          draft ->
              draft
                  .ended(journal.phase(), outcome + "; " + withdrawn)
                  .say(Reason.INTERVENTION_WITHDRAWN, withdrawn));
    }
  }

  /** The response is over; only times to live are left. */
  private Duration rest(Journal journal) {
    var outcome = journal.status().outcome();
    journal.write(
        draft -> {
          settleOpen(journal, draft, outcome == null ? "the incident ended" : outcome);
          draft.waitingFor(null);
        });
    if (Steps.all(journal.status()).noneMatch(Steps::hasEffect)) {
      journal.release();
      if (isKeptLongEnough(journal) && isNeededNoMore(journal.incident())) {
        journal.forget();
      }
    }
    return atMostUntilExpiry(journal, Ruling.LONGEST);
  }

  private boolean isKeptLongEnough(Journal journal) {
    var endedAt = journal.status().endedAt();
    return endedAt != null
        && !clock
            .instant()
            .isBefore(
                Withdrawal.at(journal.status())
                    .orElseGet(() -> Instant.parse(endedAt))
                    .plus(retention));
  }

  /** While its workload is watched, the newest incident of a leak says what was tried. */
  private boolean isNeededNoMore(LeakIncident incident) {
    var target = incident.getSpec().target();
    return assessments.of(target.uid(), target.container()).isEmpty()
        || store.inNamespace(incident.getMetadata().getNamespace()).stream()
            .map(other -> other.getSpec().target())
            .anyMatch(
                other ->
                    other.uid().equals(target.uid())
                        && other.container().equals(target.container())
                        && other.episode() > target.episode());
  }

  private Duration atMostUntilExpiry(Journal journal, Duration wait) {
    return Steps.all(journal.status())
        .filter(Steps::hasEffect)
        .flatMap(step -> Optional.ofNullable(step.expiresAt()).stream())
        .map(at -> Duration.between(clock.instant(), Instant.parse(at)))
        .map(left -> left.compareTo(SOON) < 0 ? SOON : left)
        .filter(left -> left.compareTo(wait) < 0)
        .min(Comparator.naturalOrder())
        .orElse(wait);
  }

  private static String whyAll(boolean deleted, boolean undo) {
    if (deleted) {
      return "the incident was deleted";
    }
    return undo ? "undo was asked for" : Precedent.POLICY_DELETED;
  }

  private static String undone(Journal journal) {
    var actions =
        Steps.all(journal.status())
            .filter(step -> step.state() == Step.State.UNDONE)
            .map(Step::action)
            .toList();
    return actions.isEmpty() ? "nothing had been changed" : String.join(", ", actions) + " undone";
  }
}
