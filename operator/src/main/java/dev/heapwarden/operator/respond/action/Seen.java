package dev.heapwarden.operator.respond.action;

import dev.heapwarden.detection.verdict.Cause;
import java.time.Instant;
import java.util.Optional;

/** What looking at the cluster shows of an act or of its undo. */
public sealed interface Seen {
  /**
   * It is done.
   *
   * @param message what was seen, with its figures
   * @param culprit that a snapshot named
   */
  record Done(String message, Optional<Culprit> culprit) implements Seen {
    public Done(String message) {
      this(message, Optional.empty());
    }
  }

  /**
   * What grows.
   *
   * @param site function that writes the map, the class, or function that starts the goroutines
   */
  record Culprit(Cause cause, String site) {}

  /**
   * It may still be done.
   *
   * @param since when somebody was asked for what is missing; empty where it has been on its way
   *     since the act
   */
  record NotYet(String reason, Optional<Instant> since) implements Seen {
    public NotYet(String reason) {
      this(reason, Optional.empty());
    }
  }

  /** It will not be done. */
  record Failed(String reason) implements Seen {}
}
