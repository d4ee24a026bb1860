package dev.heapwarden.detection.verdict;

/** What is said of one container at one moment. Abstaining is a verdict too. */
public sealed interface Verdict {
  Evidence evidence();

  /** Enough was seen, and nothing grows beyond noise. */
  record Healthy(Evidence evidence) implements Verdict {}

  /**
   * Something grows, but fewer than two independent witnesses say so, or only a rule of the user's
   * own.
   */
  record Suspected(Evidence evidence) implements Verdict {}

  /** At least two independent witnesses support it and none contradicts. */
  record Confirmed(Evidence evidence) implements Verdict {}

  record Inconclusive(Reason reason, Evidence evidence) implements Verdict {
    public enum Reason {
      /** The container is younger than the policy's warm-up. */
      WARM_UP,
      /** Fewer than eight collections that count. */
      TOO_FEW_COLLECTIONS,
      /** Too few samples for the windows asked for. */
      TOO_FEW_SAMPLES,
      /** A signal that a rule needs was never seen. */
      MISSING_SIGNAL,
      /** Witnesses disagree. */
      CONTRADICTION,
      /** No rule speaks of this runtime. */
      NO_RULE
    }
  }

  /** Name for people and for the API: Healthy, Suspected, Confirmed, Inconclusive. */
  default String name() {
    return getClass().getSimpleName();
  }
}
