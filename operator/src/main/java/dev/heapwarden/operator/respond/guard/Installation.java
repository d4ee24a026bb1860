package dev.heapwarden.operator.respond.guard;

import dev.heapwarden.operator.respond.journal.ActionKind;

/** What the installation lets be done, whatever a policy says. */
public interface Installation {
  /** Asked before every action, read anew each time. */
  Ruling ruling(ActionKind kind);

  /** How much may be done. */
  default Quotas quotas() {
    return Quotas.DEFAULTS;
  }
}
