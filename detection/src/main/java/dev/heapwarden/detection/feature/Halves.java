package dev.heapwarden.detection.feature;

/**
 * How the later half of a trend goes on from the earlier one. What fills slows down or stops; what
 * follows the load comes back to where it was; a leak does neither, however uneven it is.
 *
 * @param latePace slope of the later half relative to that of the whole; 0 where nothing rose
 * @param lateLow lower end of the 95 % interval of the later half's slope, per second; 0 where it
 *     has too few points
 * @param gap by how much the later half lies above the earlier: its 20th percentile less the 80th
 *     of the earlier half, relative to the rise; 0.2 on a straight line; 0 where nothing rose
 */
record Halves(double latePace, double lateLow, double gap) {
  private static final Halves NONE = new Halves(0, 0, 0);

  /** The interval of three points covers every slope. */
  private static final int MIN_POINTS = 4;

  private static final double HIGH = 0.8;
  private static final double LOW = 0.2;

  /**
   * @param points of the whole trend
   * @param slope of the whole trend, per second
   */
  static Halves of(Series points, double slope) {
    double middle = (points.age(0) + points.lastAge()) / 2;
    var earlier = points.between(points.age(0), middle);
    var later = points.between(Math.nextUp(middle), points.lastAge());
    if (slope <= 0
        || earlier.size() < MIN_POINTS
        || later.size() < MIN_POINTS
        || later.span() <= 0) {
      return NONE;
    }
    var line = TheilSen.of(later);
    double rise = slope * points.span();
    return new Halves(
        line.slope() / slope,
        line.low(),
        (percentile(later, LOW) - percentile(earlier, HIGH)) / rise);
  }

  private static double percentile(Series points, double share) {
    var sorted = points.sortedValues();
    return sorted[(int) (share * (sorted.length - 1))];
  }
}
