package dev.heapwarden.detection.rule;

import dev.heapwarden.detection.feature.Feature;

/** What a rule says of a container. */
public sealed interface Outcome {
  /**
   * In every window asked for.
   *
   * @param confirms whether that is good for Confirmed too
   */
  record Holds(boolean confirms) implements Outcome {}

  record DoesNotHold() implements Outcome {}

  /** It does not hold, and what it looks at speaks against a leak. */
  record Contradicted() implements Outcome {}

  /**
   * It cannot be asked: a feature is absent.
   *
   * @param windowsAgo 0 for the latest window
   */
  record Abstains(Feature missing, int windowsAgo) implements Outcome {}
}
