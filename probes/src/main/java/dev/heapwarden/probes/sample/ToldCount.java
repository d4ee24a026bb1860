package dev.heapwarden.probes.sample;

import org.jspecify.annotations.Nullable;

/**
 * A count that several sources tell in turn, each from a beginning of its own. It begins with what
 * the first tells and rises by what the one rises that speaks: what happened while nobody was heard
 * is left out, and nothing counts twice.
 */
final class ToldCount {
  private @Nullable Object speaker;
  private double latest;
  private double told;

  /**
   * Takes what is told.
   *
   * @param source equal to the former one where it counts on; where it counts less, it began anew
   */
  void take(Object source, double count) {
    if (speaker == null) {
      told = count;
    } else if (source.equals(speaker)) {
      told += Math.max(0, count - latest);
    }
    speaker = source;
    latest = count;
  }

  double told() {
    return told;
  }
}
