package dev.heapwarden.operator.respond.step;

/** One step of the response. They are tried in order at every reconciliation, from the first. */
public sealed interface ResponseStep permits Diagnose, Isolate, Intervene, Verify {
  /** Does what is due, if anything, and says what to do next. */
  Progress advance(Round round);
}
