package dev.heapwarden.detection.feature;

/**
 * Whether a rise goes on evenly. A step of load, or a cache that fills and then stays full, has a
 * slope that is significantly positive for as long as the horizon still reaches back before it;
 * what tells it from a leak is that in some quarter of the span it did not rise.
 *
 * @param steadiness slowest pace from one quarter to the next, relative to the pace over all four;
 *     at most 1; 0 where nothing rose or a quarter has no point
 * @param latest pace from the third quarter to the last, relative to the pace over all four; 0
 *     where nothing rose or a quarter has no point
 */
record Pace(double steadiness, double latest) {
  private static final int QUARTERS = 4;
  private static final Pace STILL = new Pace(0, 0);

  /** By the median of each quarter of the time between the first point and the last. */
  static Pace of(Series series) {
    var ages = new double[QUARTERS];
    var values = new double[QUARTERS];
    double start = series.age(0);
    for (int quarter = 0; quarter < QUARTERS; quarter++) {
      double from = start + series.span() * quarter / QUARTERS;
      double to =
          quarter == QUARTERS - 1
              ? series.lastAge()
              : Math.nextDown(start + series.span() * (quarter + 1) / QUARTERS);
      var points = series.between(from, to);
      if (points.isEmpty()) {
        return STILL;
      }
      ages[quarter] = points.medianAge();
      values[quarter] = points.medianValue();
    }
    double overall = (values[3] - values[0]) / (ages[3] - ages[0]);
    if (overall <= 0) {
      return STILL;
    }
    double slowest = Double.POSITIVE_INFINITY;
    double latest = 0;
    for (int quarter = 1; quarter < QUARTERS; quarter++) {
      latest = (values[quarter] - values[quarter - 1]) / (ages[quarter] - ages[quarter - 1]);
      slowest = Math.min(slowest, latest);
    }
    return new Pace(slowest / overall, latest / overall);
  }
}
