package dev.heapwarden.operator.respond.step;

import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.operator.report.Reason;
import dev.heapwarden.operator.respond.guard.Ruling.Cause;
import java.time.Duration;

/** What a step says is to be done next. */
public sealed interface Progress {
  /** The next step. */
  record Proceed() implements Progress {}

  /** Come back. */
  record Wait(Duration after, String reason) implements Progress {}

  /** A guard holds the response back: nothing may be done now. */
  record Held(Duration after, String reason, Cause cause) implements Progress {
    /** What the Event and the line on the timeline are called that tell the reason. */
    public Reason said() {
      return switch (cause) {
        case APPROVAL -> Reason.AWAITING_APPROVAL;
        case EVIDENCE -> Reason.EVIDENCE_STALE;
        case MODE, GUARD -> Reason.HELD_BACK;
      };
    }

    /** The reason where nothing else names it. */
    public String waitingFor() {
      return switch (cause) {
        case APPROVAL, EVIDENCE -> said().text() + ": " + reason;
        case MODE, GUARD -> reason;
      };
    }
  }

  /** The response is over. */
  record End(Phase phase, String outcome) implements Progress {}
}
