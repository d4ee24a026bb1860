package dev.heapwarden.detection;

import dev.heapwarden.detection.rule.Outcome;
import dev.heapwarden.detection.rule.Rule;
import dev.heapwarden.detection.verdict.Witness;

/** What one rule said. */
record Finding(Rule rule, Outcome outcome) {
  boolean holds() {
    return outcome instanceof Outcome.Holds;
  }

  /** Whether it speaks for a leak, and is sure that it is no cache that fills. */
  boolean confirms() {
    return outcome instanceof Outcome.Holds(boolean confirms) && confirms;
  }

  Witness.Stance stance() {
    return switch (outcome) {
      case Outcome.Holds(_) -> Witness.Stance.SUPPORTS;
      case Outcome.Contradicted() -> Witness.Stance.CONTRADICTS;
      case Outcome.DoesNotHold(), Outcome.Abstains(_, _) -> Witness.Stance.NEUTRAL;
    };
  }
}
