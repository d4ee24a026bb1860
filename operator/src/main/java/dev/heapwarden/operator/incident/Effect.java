package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.incident.Step;

/** Whether what a step did to the workload is there. */
final class Effect {
  private Effect() {}

  /** Only what changed the workload has a time at which it expires, from the act on. */
  static boolean isInForce(Step step) {
    return switch (step.state()) {
      case INTENDED, DONE -> step.expiresAt() != null;
      case UNDOING -> true;
      case PLANNED, REFUSED, FAILED, SUGGESTED, UNDONE -> false;
    };
  }
}
