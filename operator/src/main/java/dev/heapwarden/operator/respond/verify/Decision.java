package dev.heapwarden.operator.respond.verify;

import java.time.Instant;

/** What is to be done after one look at the assessments. */
public sealed interface Decision {
  /**
   * Look again.
   *
   * @param trend what is seen so far and since when, to be written down
   */
  record GoOn(Trend trend, String reason) implements Decision {}

  record Resolved(String text) implements Decision {}

  record Mitigated(String text) implements Decision {}

  /** It did not help: take the intervention back. */
  record TakeBack(String text) implements Decision {}

  /** It cannot be told within the time. */
  record GiveUp(String text) implements Decision {}

  /** What the evaluations have been saying without a break. */
  record Trend(Kind kind, Instant since) {
    public enum Kind {
      NOTHING,
      GONE,
      BETTER,
      SAME
    }
  }
}
