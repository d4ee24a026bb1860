package dev.heapwarden.detection.feature;

/**
 * The deepest fall of a level, all its past looked at. What follows the load comes down and goes up
 * again; what leaks never comes back, so that only what lies beyond the level before the fall says
 * something of a leak.
 *
 * @param high level that it fell from
 * @param low level that it fell to
 * @param now latest level
 */
record Ebb(double high, double low, double now) {
  /** Medians of shares of the time: two hours each of a day, in which no burst is seen. */
  private static final int SHARES = 12;

  /** Of the level before it, what a fall takes at least: less is noise. */
  private static final double FALL = 0.05;

  /** Of the fall, what lies beyond the level before it where more is there than came back. */
  private static final double NEW_HIGH = 0.25;

  /** A series with one point at least. */
  static Ebb of(Series series) {
    var levels = series.downSampled(SHARES);
    double peak = levels.value(0);
    double high = peak;
    double low = peak;
    for (int i = 1; i < levels.size(); i++) {
      peak = Math.max(peak, levels.value(i));
      if (peak - levels.value(i) > high - low) {
        high = peak;
        low = levels.value(i);
      }
    }
    return new Ebb(high, low, levels.lastValue());
  }

  /** How far it is beyond the level before the fall, relative to the fall; 1 where none was. */
  double newHigh() {
    return high - low < FALL * high ? 1 : (now - high) / (high - low);
  }

  boolean isNewHigh() {
    return newHigh() >= NEW_HIGH;
  }
}
