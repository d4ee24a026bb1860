package dev.heapwarden.e2e.accuracy;

/** A way to tell whether a container leaks. */
interface Method {
  /** Short, as in a table. */
  String name();

  /** True for a whole method that is not ours, with which ours is compared. */
  default boolean rival() {
    return true;
  }

  Opinion judge(Moment moment);
}
