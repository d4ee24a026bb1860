package dev.heapwarden.operator.respond.journal;

import dev.heapwarden.crds.incident.Step.UndoCause;

/**
 * Why a step is undone.
 *
 * @param cause for programs
 * @param text for people
 */
public record UndoReason(UndoCause cause, String text) {
  public static final UndoReason EXPIRED =
      new UndoReason(UndoCause.EXPIRED, "its time to live is over");
  public static final UndoReason ASKED = new UndoReason(UndoCause.ASKED, "undo was asked for");
  public static final UndoReason POLICY_DELETED =
      new UndoReason(UndoCause.POLICY_DELETED, "the MemoryPolicy was deleted");
  public static final UndoReason INCIDENT_DELETED =
      new UndoReason(UndoCause.INCIDENT_DELETED, "the incident was deleted");
  public static final UndoReason UNINSTALLED =
      new UndoReason(UndoCause.UNINSTALLED, "Heapwarden was uninstalled");
  public static final UndoReason ENDED =
      new UndoReason(UndoCause.ENDED, "the response ended before it was seen to be done");
  public static final UndoReason OTHER_FAILED =
      new UndoReason(UndoCause.FAILED, "the other intervention failed");

  /** It was done and did not become what it should. */
  public static UndoReason failed(String why) {
    return new UndoReason(UndoCause.FAILED, "failed: " + why);
  }

  /** It was in force, and the leak went on as before. */
  public static UndoReason didNotHelp(String what) {
    return new UndoReason(
        UndoCause.DID_NOT_HELP, "it did not help: " + what + "; a person is needed");
  }
}
