package dev.heapwarden.probes.gclog;

/**
 * What a runtime's lines mean, read one after another.
 *
 * @param <T> what is known once a collection has ended
 */
interface Understanding<T> {
  Reading read(String text);

  /** Says that what was read so far had been there before: what is counted, is from now on. */
  default void begin() {}

  /** What is known by the lines so far, once one of them ended a collection. */
  T told();

  /** What became of a line. */
  enum Reading {
    /** It is of something else. */
    FOREIGN,
    /** It is the collector's, and of no form that is known. */
    UNKNOWN,
    UNDERSTOOD,
    /** It ends a collection. */
    COLLECTED
  }
}
