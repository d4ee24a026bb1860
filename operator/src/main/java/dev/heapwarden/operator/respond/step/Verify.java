package dev.heapwarden.operator.respond.step;

import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.evaluate.Assessments;
import dev.heapwarden.operator.report.Reason;
import dev.heapwarden.operator.respond.action.ResizeMemory;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.journal.Texts;
import dev.heapwarden.operator.respond.journal.UndoReason;
import dev.heapwarden.operator.respond.verify.Decision;
import dev.heapwarden.operator.respond.verify.Decision.Trend;
import dev.heapwarden.operator.respond.verify.Verification;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Whether it helped, and the end of the response. */
public final class Verify implements ResponseStep {
  private static final Duration POLL = Duration.ofSeconds(5);
  private static final Duration IDLE = Duration.ofMinutes(1);
  private static final String TREND = "trend";
  private static final String SINCE = "since";

  private final Assessments assessments;
  private final Undoing undoing;

  public Verify(Assessments assessments, Undoing undoing) {
    this.assessments = assessments;
    this.undoing = undoing;
  }

  @Override
  public Progress advance(Round round) {
    var interventions =
        Steps.all(round.status())
            .filter(Intervene::isIntervention)
            .filter(step -> step.state() == State.DONE)
            .toList();
    if (interventions.isEmpty()) {
      return round.respond().mode() == Mode.DRY_RUN
          ? new Progress.Wait(IDLE, "mode DryRun: what would be done is planned, nothing is done")
          : new Progress.End(Phase.NEEDS_HUMAN, Summary.withoutIntervention(round));
    }
    var begun = Steps.newest(round.status(), ActionKind.VERIFY);
    if (begun.isEmpty()) {
      return begin(round);
    }
    var target = round.journal().incident().getSpec().target();
    var step = begun.get();
    var decision =
        verification(round, interventions, step)
            .decide(assessments.of(target.uid(), target.container()), trend(step), round.now());
    return switch (decision) {
      case Decision.GoOn(var trend, var reason) -> goOn(round, step, trend, reason);
      case Decision.Resolved(var text) -> new Progress.End(Phase.RESOLVED, text);
      case Decision.Mitigated(var text) ->
          new Progress.End(Phase.MITIGATED, text + "; it still leaks: the code has to change");
      case Decision.GiveUp(var text) -> new Progress.End(Phase.NEEDS_HUMAN, text);
      case Decision.TakeBack(var text) when isOnly(interventions, ActionKind.RESTART) ->
          new Gained(baseline(round), assessments.of(target.uid(), target.container()))
              .end(text, round.now());
      case Decision.TakeBack(var text) when isOnly(interventions, ActionKind.RESIZE_MEMORY) ->
          new Progress.End(
              Phase.MITIGATED,
              "%s; %s; it still leaks: the code has to change"
                  .formatted(text, bought(round, interventions)));
      case Decision.TakeBack(var text) -> {
        undoing.intend(round.journal(), Intervene::isIntervention, UndoReason.didNotHelp(text));
        yield new Progress.Wait(Duration.ofSeconds(1), "undoing: it did not help");
      }
    };
  }

  private static Progress begin(Round round) {
    var now = round.now().toString();
    round
        .journal()
        .write(
            draft ->
                draft
                    .phase(Phase.VERIFYING)
                    .waitingFor(null)
                    .add(
                        new Step(
                            ActionKind.VERIFY.text(),
                            ActionKind.VERIFY.level(),
                            State.INTENDED,
                            round.journal().incident().getSpec().target().workload(),
                            "compare the growth of containers that run with the change with that before it",
                            null,
                            Map.of(TREND, Trend.Kind.NOTHING.name(), SINCE, now),
                            now,
                            null,
                            null))
                    .say(
                        Reason.STEP_INTENDED,
                        "Verify: compare growth with that before the change"));
    return new Progress.Wait(POLL, "no container that started after the change is assessed yet");
  }

  private static Verification verification(Round round, List<Step> interventions, Step verify) {
    var patched =
        interventions.stream()
            .filter(step -> Steps.is(step, ActionKind.PATCH_ENVIRONMENT))
            .toList();
    // The patch replaces every pod; replicas added with it need no look of their own.
    var changes = patched.isEmpty() ? interventions : patched;
    // A resize restarts nothing: the containers that leaked are those to look at.
    var changedAt =
        isOnly(interventions, ActionKind.RESIZE_MEMORY)
            ? Instant.EPOCH
            : changes.stream()
                // Not when it was noted that it acted: an operator that was killed in between
                // notes that late, when new containers run already.
                .map(step -> Instant.parse(step.intendedAt()))
                .max(Instant::compareTo)
                .orElseGet(() -> Instant.parse(verify.intendedAt()));
    return new Verification(
        baseline(round),
        round.policy().getSpec().observe(),
        Instant.parse(verify.intendedAt()),
        changedAt,
        !patched.isEmpty());
  }

  private static boolean isOnly(List<Step> interventions, ActionKind kind) {
    return interventions.stream().allMatch(step -> Steps.is(step, kind));
  }

  private static Finding baseline(Round round) {
    return Objects.requireNonNull(round.status().baseline(), "no baseline");
  }

  /** A higher limit leaves the growth as it is, and is reached later. */
  private static String bought(Round round, List<Step> interventions) {
    var time =
        Duration.ofSeconds(
            (long)
                (ResizeMemory.raisedBy(interventions.getFirst())
                    / baseline(round).growthBytesPerSecond()));
    return "the higher limit buys about " + Texts.duration(time);
  }

  private static Trend trend(Step verify) {
    return new Trend(
        Trend.Kind.valueOf(Steps.fact(verify, TREND)), Instant.parse(Steps.fact(verify, SINCE)));
  }

  private static Progress goOn(Round round, Step step, Trend trend, String reason) {
    if (trend.kind() != trend(step).kind()) {
      var noted =
          Steps.noted(
              Steps.noted(step, TREND, trend.kind().name()), SINCE, trend.since().toString());
      round.journal().write(draft -> draft.replace(step, noted));
    }
    return new Progress.Wait(POLL, reason);
  }
}
