package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.incident.Crash;
import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.LeakIncidentStatus.Predecessor;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.operator.report.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The one place where this package writes an incident's status. What the response owns passes
 * through.
 */
final class StatusText {
  private StatusText() {}

  /** As the incident begins. */
  static LeakIncidentStatus opened(
      LeakIncidentSpec.Target target,
      @Nullable Finding finding,
      String site,
      String message,
      @Nullable Predecessor predecessor,
      Instant now) {
    var timeline = Timeline.append(List.of(), now, Reason.LEAK_CONFIRMED, message);
    var begun =
        new LeakIncidentStatus(
            target.workload(),
            target.container(),
            Wording.NONE,
            Wording.NONE,
            Wording.NONE,
            Wording.NONE,
            Wording.NONE,
            0,
            Phase.OPEN,
            null,
            null,
            null,
            List.of(),
            predecessor == null
                ? timeline
                : Timeline.append(
                    timeline, now, Reason.LEAK_RECURRED, recurred(target, predecessor)),
            now.truncatedTo(ChronoUnit.SECONDS).toString(),
            null,
            null,
            predecessor,
            List.of());
    return finding == null ? begun : with(begun, finding, site);
  }

  /** Such as: episode 3 of this leak; checkout-web-2 ended Mitigated. */
  static String recurred(LeakIncidentSpec.Target target, Predecessor predecessor) {
    return "episode %d of this leak; %s ended %s"
        .formatted(target.episode(), predecessor.name(), predecessor.phase());
  }

  /**
   * With a fresher finding. A site and a cause that are known stay: the response may know them
   * better.
   */
  static LeakIncidentStatus with(LeakIncidentStatus old, Finding fresh, String site) {
    var baseline = old.baseline();
    var finding = baseline == null ? fresh : fresh.orOfCause(baseline.cause(), baseline.layer());
    var seconds = finding.secondsToLimit();
    return new LeakIncidentStatus(
        old.workload(),
        old.container(),
        finding.verdict(),
        finding.layer(),
        Wording.growth(finding.growthBytesPerSecond()),
        Wording.limitIn(seconds == null ? null : Duration.ofSeconds(seconds)),
        old.site().equals(Wording.NONE) && !site.isEmpty() ? site : old.site(),
        old.level(),
        old.phase(),
        old.waitingFor(),
        finding,
        old.baseline(),
        old.steps(),
        old.timeline(),
        old.openedAt(),
        old.endedAt(),
        old.outcome(),
        old.predecessor(),
        old.crashes());
  }

  /** As an incident ends whose leak vanished. */
  static LeakIncidentStatus resolved(LeakIncidentStatus old, String outcome, Instant now) {
    var timeline = old.timeline();
    return new LeakIncidentStatus(
        old.workload(),
        old.container(),
        old.verdict(),
        old.layer(),
        old.growth(),
        old.limitIn(),
        old.site(),
        old.level(),
        Phase.RESOLVED,
        null,
        old.finding(),
        old.baseline(),
        old.steps(),
        Timeline.append(
            timeline == null ? List.of() : timeline, now, Reason.LEAK_RESOLVED, outcome),
        old.openedAt(),
        now.truncatedTo(ChronoUnit.SECONDS).toString(),
        outcome,
        old.predecessor(),
        old.crashes());
  }

  /** With what another container of the leak left. */
  static LeakIncidentStatus crashed(LeakIncidentStatus old, Crash crash, String line, Instant now) {
    var crashes = new ArrayList<>(old.crashes());
    crashes.add(crash);
    return of(
        old,
        Timeline.append(old.timeline(), now, Reason.CONTAINER_CRASHED, line),
        crashes.subList(Math.max(0, crashes.size() - Crash.LIMIT), crashes.size()));
  }

  /** With the snapshot of the log of a crash that is known. */
  static LeakIncidentStatus crashLog(LeakIncidentStatus old, Predicate<Crash> of, String snapshot) {
    return of(
        old,
        old.timeline(),
        old.crashes().stream()
            .map(crash -> of.test(crash) ? crash.with(snapshot) : crash)
            .toList());
  }

  private static LeakIncidentStatus of(
      LeakIncidentStatus old,
      List<LeakIncidentStatus.TimelineEntry> timeline,
      List<Crash> crashes) {
    return new LeakIncidentStatus(
        old.workload(),
        old.container(),
        old.verdict(),
        old.layer(),
        old.growth(),
        old.limitIn(),
        old.site(),
        old.level(),
        old.phase(),
        old.waitingFor(),
        old.finding(),
        old.baseline(),
        old.steps(),
        timeline,
        old.openedAt(),
        old.endedAt(),
        old.outcome(),
        old.predecessor(),
        crashes);
  }
}
