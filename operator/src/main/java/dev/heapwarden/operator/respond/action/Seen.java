package dev.heapwarden.operator.respond.action;

/** What looking at the cluster shows of an act or of its undo. */
public sealed interface Seen {
  /**
   * It is done.
   *
   * @param message what was seen, with its figures
   * @param site function that a snapshot named; empty for none
   */
  record Done(String message, String site) implements Seen {
    public Done(String message) {
      this(message, "");
    }
  }

  record NotYet(String reason) implements Seen {}

  /** It will not be done. */
  record Failed(String reason) implements Seen {}
}
