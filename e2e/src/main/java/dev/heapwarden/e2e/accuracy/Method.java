package dev.heapwarden.e2e.accuracy;

/** A way to tell whether a container leaks. */
interface Method {
  /** Short, as in a table. */
  String name();

  /** True for a whole method that is not ours, with which ours is compared. */
  default boolean rival() {
    return true;
  }

  /** Whether its alarm is answered by a snapshot, which may say more than it. */
  default boolean answers() {
    return false;
  }

  Opinion judge(Moment moment);
}
