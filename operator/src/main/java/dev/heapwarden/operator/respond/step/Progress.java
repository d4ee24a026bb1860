package dev.heapwarden.operator.respond.step;

import dev.heapwarden.crds.incident.Phase;
import java.time.Duration;

/** What a step says is to be done next. */
public sealed interface Progress {
  /** The next step. */
  record Proceed() implements Progress {}

  /** Come back. */
  record Wait(Duration after, String reason) implements Progress {}

  /** A guard holds the response back: nothing may be done now. */
  record Held(Duration after, String reason, dev.heapwarden.operator.report.Reason said)
      implements Progress {}

  /** The response is over. */
  record End(Phase phase, String outcome) implements Progress {}
}
