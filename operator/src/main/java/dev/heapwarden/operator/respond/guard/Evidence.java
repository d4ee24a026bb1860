package dev.heapwarden.operator.respond.guard;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Observe;
import dev.heapwarden.operator.respond.guard.Ruling.Cause;
import dev.heapwarden.operator.respond.guard.Ruling.Go;
import dev.heapwarden.operator.respond.guard.Ruling.Hold;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Whether the leak is still seen. The workload is changed only while it is. */
final class Evidence {
  /** Windows after which a finding that nobody refreshed is old. */
  private static final int WINDOWS = 3;

  /** However short the windows are: an agent that restarts is not a leak that vanished. */
  private static final Duration SHORTEST = Duration.ofMinutes(5);

  private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

  private Evidence() {}

  static Ruling ruling(ActionKind kind, LeakIncident incident, Observe observe, Instant now) {
    if (!kind.changesWorkload()) {
      return new Go();
    }
    var finding = incident.getStatus().finding();
    if (finding == null) {
      return hold("nothing is known of the leak");
    }
    if (now.isAfter(Instant.parse(finding.at()).plus(lifetime(observe)))) {
      return hold("the leak was last seen at " + finding.at());
    }
    return finding.verdict().equals("Confirmed")
            || whatConfirmedItIsIsolated(incident)
            || mayBeRestarted(kind, incident)
        ? new Go()
        : hold("the leak is only %s now".formatted(finding.verdict().toLowerCase(Locale.ROOT)));
  }

  /** A finding is of the pods in service: without the one that showed most they may show less. */
  private static boolean whatConfirmedItIsIsolated(LeakIncident incident) {
    return Steps.newest(incident.getStatus(), ActionKind.ISOLATE)
        .filter(step -> step.state() == Step.State.DONE)
        .isPresent();
  }

  /** What confirmed it may be the first pod of a restart, and the further ones may show less. */
  private static boolean mayBeRestarted(ActionKind kind, LeakIncident incident) {
    return kind == ActionKind.RESTART
        && Steps.newest(incident.getStatus(), kind)
            .filter(step -> step.state() == Step.State.INTENDED)
            .isPresent();
  }

  private static Hold hold(String why) {
    return new Hold(
        Cause.EVIDENCE,
        "%s; nothing is changed until it is confirmed again".formatted(why),
        LOOK_AGAIN);
  }

  private static Duration lifetime(Observe observe) {
    var windows = Durations.parse(observe.window()).multipliedBy(WINDOWS);
    return windows.compareTo(SHORTEST) < 0 ? SHORTEST : windows;
  }
}
