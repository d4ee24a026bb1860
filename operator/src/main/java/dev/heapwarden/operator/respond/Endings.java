package dev.heapwarden.operator.respond;

import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus.UnhelpfulResponse;
import dev.heapwarden.operator.report.Reason;
import dev.heapwarden.operator.respond.guard.Breaker;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.IncidentStore;
import dev.heapwarden.operator.respond.journal.Journal;
import dev.heapwarden.operator.respond.journal.StatusDraft;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.step.Progress;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;

/** Writes how a response ended, and what came after. */
record Endings(IncidentStore store, InstantSource clock) {
  /** The policy learns first of what did not help: an operator that dies then says it again. */
  void end(Journal journal, Optional<MemoryPolicy> policy, Progress.End end) {
    policy
        .filter(_ -> Breaker.didNotHelp(end.phase(), journal.status()))
        .ifPresent(found -> store.remember(found, unhelpful(journal)));
    journal.write(
        draft -> {
          settleOpen(journal, draft, end.outcome());
          draft.ended(end.phase(), end.outcome()).say(reason(end.phase()), end.outcome());
        });
  }

  private UnhelpfulResponse unhelpful(Journal journal) {
    var metadata = journal.incident().getMetadata();
    return new UnhelpfulResponse(metadata.getUid(), metadata.getName(), clock.instant().toString());
  }

  /** Nothing is waited for any more. */
  void rest(Journal journal) {
    var outcome = journal.status().outcome();
    journal.write(
        draft -> {
          settleOpen(journal, draft, outcome == null ? "the incident ended" : outcome);
          draft.waitingFor(null);
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
  static void withdrawn(Journal journal, Instant at) {
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
}
