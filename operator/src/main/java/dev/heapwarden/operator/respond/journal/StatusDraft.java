package dev.heapwarden.operator.respond.journal;

import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.operator.evaluate.Names;
import dev.heapwarden.operator.incident.Timeline;
import dev.heapwarden.operator.report.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The next version of the part of a status that the response owns. The rest passes through. */
public final class StatusDraft {
  /** One thing to say, on the timeline and as an Event. */
  public record Line(Reason reason, String message) {}

  private final LeakIncidentStatus before;
  private final Instant now;
  private final List<Step> steps;
  private final List<Line> said = new ArrayList<>();
  private int level;
  private Phase phase;
  private String layer;
  private String site;
  private @Nullable String waitingFor;
  private @Nullable Finding baseline;
  private @Nullable String endedAt;
  private @Nullable String outcome;

  StatusDraft(LeakIncidentStatus before, Instant now) {
    this.before = before;
    this.now = now;
    this.steps = new ArrayList<>(Steps.all(before).toList());
    this.level = before.level();
    this.phase = before.phase();
    this.layer = before.layer();
    this.site = before.site();
    this.waitingFor = before.waitingFor();
    this.baseline = before.baseline();
    this.endedAt = before.endedAt();
    this.outcome = before.outcome();
  }

  public StatusDraft phase(Phase next) {
    phase = next;
    return this;
  }

  /** The level column only ever rises. */
  public StatusDraft reached(int carriedOut) {
    level = Math.max(level, carriedOut);
    return this;
  }

  /** What grows, as a snapshot named it: the finding may have known neither. */
  public StatusDraft culprit(Cause cause, String where) {
    site = where;
    if (baseline != null) {
      var named = baseline.orOfCause(Names.camel(cause), Names.camel(cause.layer()));
      layer = named.equals(baseline) ? layer : named.layer();
      baseline = named;
    }
    return this;
  }

  public StatusDraft waitingFor(@Nullable String reason) {
    waitingFor = reason;
    return this;
  }

  public StatusDraft baseline(Finding finding) {
    baseline = finding;
    return this;
  }

  public StatusDraft ended(Phase terminal, String with) {
    phase = terminal;
    outcome = with;
    waitingFor = null;
    endedAt = endedAt == null ? now.toString() : endedAt;
    return this;
  }

  /** Appends a step, in place of one of its kind that was only planned. */
  public StatusDraft add(Step step) {
    steps.removeIf(old -> old.action().equals(step.action()) && old.state() == Step.State.PLANNED);
    steps.add(step);
    return this;
  }

  public StatusDraft replace(Step old, Step step) {
    int at = steps.indexOf(old);
    if (at < 0) {
      throw new IllegalArgumentException("no such step on the incident: " + old.action());
    }
    steps.set(at, step);
    return this;
  }

  public StatusDraft say(Reason reason, String message) {
    said.add(new Line(reason, message));
    return this;
  }

  List<Line> said() {
    return List.copyOf(said);
  }

  LeakIncidentStatus toStatus() {
    List<LeakIncidentStatus.TimelineEntry> timeline = before.timeline();
    var lines = timeline == null ? List.<LeakIncidentStatus.TimelineEntry>of() : timeline;
    for (var line : said) {
      lines = Timeline.append(lines, now, line.reason(), line.message());
    }
    return new LeakIncidentStatus(
        before.workload(),
        before.container(),
        before.verdict(),
        layer,
        before.growth(),
        before.limitIn(),
        site,
        level,
        phase,
        waitingFor,
        before.finding(),
        baseline,
        steps,
        lines,
        before.openedAt(),
        endedAt,
        outcome,
        before.predecessor(),
        before.crashes());
  }
}
