package dev.heapwarden.e2e.respond;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.operator.respond.action.Acted;
import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.action.Plan;
import dev.heapwarden.operator.respond.action.Seen;
import dev.heapwarden.operator.respond.action.Situation;
import dev.heapwarden.operator.respond.journal.ActionKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Level 1 where no agent runs: the evidence is there. */
final class TakenSnapshot implements Action {
  @Override
  public ActionKind kind() {
    return ActionKind.DIAGNOSE;
  }

  @Override
  public Plan plan(Situation situation) {
    var finding = situation.baseline();
    return new Plan.Do(
        "memorysnapshot/none",
        "a snapshot",
        "",
        Map.of("pod", finding.pod(), "podUid", finding.podUid()));
  }

  @Override
  public boolean isActed(Situation situation, Step step) {
    return false;
  }

  @Override
  public Acted act(Situation situation, Step step) {
    return new Acted.Yes();
  }

  @Override
  public Seen look(Situation situation, Step step) {
    return new Seen.Done(
        "MapGrowth 1.0 KiB", Optional.of(new Seen.Culprit(Cause.MAP_GROWTH, "main.handle")));
  }

  @Override
  public Seen undo(LeakIncident incident, Step step, Instant now) {
    return new Seen.Done("evidence is kept");
  }

  @Override
  public Duration patience(Situation situation) {
    return Duration.ofMinutes(1);
  }

  @Override
  public Optional<Duration> timeToLive(Situation situation) {
    return Optional.empty();
  }
}
