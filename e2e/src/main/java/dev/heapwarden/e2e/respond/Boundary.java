package dev.heapwarden.e2e.respond;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A moment between two writes of a step.
 *
 * @param deed what is done, such as Isolate, or its undo
 */
record Boundary(String deed, At at) {
  enum At {
    BEFORE_INTENT,
    AFTER_INTENT,
    AFTER_ACTION,
    BEFORE_RECORD
  }

  /** All of a deed. */
  static Set<Boundary> of(String deed) {
    return of(deed, EnumSet.allOf(At.class));
  }

  static Set<Boundary> of(String deed, Set<At> at) {
    return at.stream().map(one -> new Boundary(deed, one)).collect(Collectors.toSet());
  }

  static String undo(String deed) {
    return "undo of " + deed;
  }

  @Override
  public String toString() {
    return deed + " " + at;
  }
}
