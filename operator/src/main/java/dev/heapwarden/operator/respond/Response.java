package dev.heapwarden.operator.respond;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.operator.evaluate.Assessments;
import dev.heapwarden.operator.incident.Withdrawal;
import dev.heapwarden.operator.report.EventRecorder;
import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.guard.Installation;
import dev.heapwarden.operator.respond.guard.Ruling;
import dev.heapwarden.operator.respond.journal.IncidentStore;
import dev.heapwarden.operator.respond.journal.Journal;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.journal.UndoReason;
import dev.heapwarden.operator.respond.step.Admission;
import dev.heapwarden.operator.respond.step.Diagnose;
import dev.heapwarden.operator.respond.step.Intervene;
import dev.heapwarden.operator.respond.step.Isolate;
import dev.heapwarden.operator.respond.step.Progress;
import dev.heapwarden.operator.respond.step.ResponseStep;
import dev.heapwarden.operator.respond.step.Round;
import dev.heapwarden.operator.respond.step.Undoing;
import dev.heapwarden.operator.respond.step.Undone;
import dev.heapwarden.operator.respond.step.Verify;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The response to one incident: Diagnose, Isolate, Intervene, Verify. Each call does what is due
 * now and says when to be called again. What was written in the incident is all it remembers.
 */
public final class Response {
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration NOT_YET = Duration.ofSeconds(2);

  private final IncidentStore store;
  private final EventRecorder events;
  private final InstantSource clock;
  private final Retention retention;
  private final Endings endings;
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
    this.retention = new Retention(retention, store, assessments);
    this.store = store;
    this.events = events;
    this.clock = clock;
    this.endings = new Endings(store, clock);
    this.undoing = new Undoing(actions.all(), clock);
    var admission = new Admission(store, installation);
    this.steps =
        List.of(
            new Diagnose(actions.snapshot(), admission),
            new Isolate(actions.isolation(), actions.evidence(), admission),
            new Intervene(actions.relief(), actions.interventions(), admission, undoing),
            new Verify(assessments, undoing));
  }

  /**
   * What the levels do.
   *
   * @param evidence what is looked at once the pod is isolated, in this order
   * @param relief what is asked for before anything is changed
   * @param interventions in the order in which they are begun
   */
  public record Actions(
      Action snapshot,
      Action isolation,
      List<Action> evidence,
      Action relief,
      List<Action> interventions) {
    List<Action> all() {
      var all = new ArrayList<>(List.of(snapshot, isolation));
      all.addAll(evidence);
      all.add(relief);
      all.addAll(interventions);
      return all;
    }
  }

  /**
   * Does what is due.
   *
   * @param incident as it is in the API server now
   * @param policy empty when it is gone; one that is being deleted waits for its effects to be
   *     undone
   * @return when to be called again at the latest
   */
  public Duration advance(LeakIncident incident, Optional<MemoryPolicy> policy) {
    if (incident.getStatus() == null || incident.getStatus().phase() == null) {
      return NOT_YET;
    }
    var journal = new Journal(incident, store, events, clock, Audience.of(incident, policy));
    try {
      return advance(journal, policy.filter(found -> !found.isMarkedForDeletion()));
    } catch (IncidentStore.Conflict e) {
      return SOON;
    }
  }

  private Duration advance(Journal journal, Optional<MemoryPolicy> policy) {
    var incident = journal.incident();
    boolean deleted = incident.getMetadata().getDeletionTimestamp() != null;
    boolean undo = incident.getSpec().response().undo();
    undoing.intend(journal, step -> Steps.isExpired(step, clock.instant()), UndoReason.EXPIRED);
    if (deleted || undo || policy.isEmpty()) {
      undoing.intend(journal, step -> true, whyAll(incident, deleted));
    }
    if (journal.phase().terminal()) {
      undoing.intend(journal, step -> step.state() == Step.State.INTENDED, UndoReason.ENDED);
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
    if (undo) {
      var undone = Undone.of(journal.status());
      var said = undone.left().isEmpty() ? "undone as asked" : Undone.NOT_ALL;
      var end = new Progress.End(undone.phase(), said + ": " + undone.text());
      if (!isEnded(journal, end)) {
        endings.end(journal, policy, end);
      }
    }
    if (policy.isEmpty() && !journal.phase().terminal()) {
      var undone = Undone.of(journal.status());
      var phase = undone.nothingWasDone() ? Phase.NEEDS_HUMAN : undone.phase();
      endings.end(
          journal,
          policy,
          new Progress.End(phase, "its MemoryPolicy was deleted: " + undone.text()));
    }
    Withdrawal.at(journal.incident()).ifPresent(at -> Endings.withdrawn(journal, at));
    if (journal.phase().terminal() || policy.isEmpty()) {
      return rest(journal, policy);
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
        case Progress.Held held -> {
          hold(journal, held);
          return atMostUntilExpiry(journal, held.after());
        }
        case Progress.End end -> {
          endings.end(journal, Optional.of(policy), end);
          return rest(journal, Optional.of(policy));
        }
      }
    }
    throw new IllegalStateException("the last step of a response neither waited nor ended it");
  }

  private static void hold(Journal journal, Progress.Held held) {
    journal.write(
        draft -> {
          draft.phase(Phase.OPEN).waitingFor(held.waitingFor());
          if (!held.waitingFor().equals(journal.status().waitingFor())) {
            draft.say(held.said(), held.reason());
          }
        });
  }

  /** The response is over; only times to live are left. */
  private Duration rest(Journal journal, Optional<MemoryPolicy> policy) {
    endings.rest(journal);
    if (Steps.all(journal.status()).noneMatch(Steps::hasEffect)) {
      journal.release();
      if (retention.isOver(journal.incident(), policy, clock.instant())) {
        journal.forget();
      }
    }
    return atMostUntilExpiry(journal, Ruling.LONGEST);
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

  /** What was rolled back before anybody asked stays so; what came after the end is added to it. */
  private static boolean isEnded(Journal journal, Progress.End end) {
    var outcome = journal.status().outcome();
    return journal.phase() == Phase.ROLLED_BACK
        || (journal.phase() == end.phase() && outcome != null && outcome.startsWith(end.outcome()));
  }

  private static UndoReason whyAll(LeakIncident incident, boolean deleted) {
    if (deleted) {
      return UndoReason.INCIDENT_DELETED;
    }
    if (!incident.getSpec().response().undo()) {
      return UndoReason.POLICY_DELETED;
    }
    return Withdrawal.isUninstalled(incident) ? UndoReason.UNINSTALLED : UndoReason.ASKED;
  }
}
