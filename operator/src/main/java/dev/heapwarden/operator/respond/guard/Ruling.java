package dev.heapwarden.operator.respond.guard;

import java.time.Duration;
import java.time.Instant;

/** What the guards say of an action. */
public sealed interface Ruling {
  /** It may be carried out now. */
  record Go() implements Ruling {}

  /** Say what would be done, and do nothing. */
  record PlanOnly() implements Ruling {}

  /**
   * Not now.
   *
   * @param reason for people, without the name of its cause; the same text for as long as it holds
   *     for the same cause
   * @param after when to look again
   */
  record Hold(Cause cause, String reason, Duration after) implements Ruling {}

  /** Not in this installation. */
  record Never(String reason) implements Ruling {}

  enum Cause {
    /** The policy, the installation or who suspended the incident lets nothing be done. */
    MODE,
    APPROVAL,
    /** The leak is not seen any more, or not surely. */
    EVIDENCE,
    /** Cooldown, budget, window, concurrency, disruption: it passes. */
    GUARD
  }

  /** Held until a moment that is known; looked at again by then, and at least every ten minutes. */
  static Hold until(Instant until, Instant now, String reason) {
    var wait = Duration.between(now, until).plusSeconds(1);
    return new Hold(Cause.GUARD, reason, wait.compareTo(LONGEST) > 0 ? LONGEST : wait);
  }

  Duration LONGEST = Duration.ofMinutes(10);
}
