package dev.heapwarden.operator.respond.action;

/** How an act went. It is seen to be done only by looking. */
public sealed interface Acted {
  /** Done now, or recognised as done before. */
  record Yes() implements Acted {}

  /** Somebody wrote at the same time: nothing was done, try again. */
  record Again(String reason) implements Acted {}

  /** Nothing was done, and it cannot be done any more. */
  record No(String reason) implements Acted {}

  /** Nothing was done: somebody else owns what would change. */
  record Owned(String reason) implements Acted {}
}
