package dev.heapwarden.detection.feature;

import java.util.Arrays;

/**
 * Whether a rise goes on evenly. A step of load, or a cache that fills and then stays full, has a
 * slope that is significantly positive for as long as the horizon still reaches back before it;
 * what tells it from a leak is that in some quarter of the span it did not rise.
 *
 * @param steadiness slowest pace from one quarter of the span to the next, relative to the pace
 *     over all four; at most 1; 0 where nothing rose or a quarter has no point
 * @param latest pace from the last eighth but one to the last, relative to the pace over all; with
 *     few points of the last two quarters; 0 where nothing rose
 */
record Pace(double steadiness, double latest) {
  private static final int QUARTERS = 4;
  private static final int EIGHTHS = 8;

  /** Slowest pace of what counts as rising all the time. */
  static final double KEEPS_RISING = 0.25;

  /** Four samples make a median that one outlier does not move. */
  private static final int SAMPLES_FOR_EIGHTHS = EIGHTHS * 4;

  /** By the median of each share of the time between the first point and the last. */
  static Pace of(Series series) {
    var quarters = paces(series, QUARTERS);
    if (quarters.length == 0) {
      return new Pace(0, 0);
    }
    double steadiness = Arrays.stream(quarters).min().orElse(0);
    double latest = quarters[quarters.length - 1];
    if (series.samples() >= SAMPLES_FOR_EIGHTHS) {
      var eighths = paces(series, EIGHTHS);
      latest = eighths.length == 0 ? latest : eighths[eighths.length - 1];
    }
    return new Pace(steadiness, latest);
  }

  /**
   * What was gained from the first point to the last where each quarter of the time between them
   * takes part, by a quarter of the mean pace at least; 0 otherwise.
   */
  static double gained(Series series) {
    boolean keepsRising = Arrays.stream(paces(series, QUARTERS)).min().orElse(0) >= KEEPS_RISING;
    return keepsRising ? series.lastValue() - series.value(0) : 0;
  }

  /** From each share to the next, relative to the pace over all; empty where there is none. */
  private static double[] paces(Series series, int shares) {
    var ages = new double[shares];
    var values = new double[shares];
    double start = series.age(0);
    for (int share = 0; share < shares; share++) {
      double from = start + series.span() * share / shares;
      double to =
          share == shares - 1
              ? series.lastAge()
              : Math.nextDown(start + series.span() * (share + 1) / shares);
      var points = series.between(from, to);
      if (points.isEmpty()) {
        return new double[0];
      }
      ages[share] = points.medianAge();
      values[share] = points.medianValue();
    }
    double overall = (values[shares - 1] - values[0]) / (ages[shares - 1] - ages[0]);
    if (overall <= 0) {
      return new double[0];
    }
    var paces = new double[shares - 1];
    for (int i = 0; i < paces.length; i++) {
      paces[i] = (values[i + 1] - values[i]) / (ages[i + 1] - ages[i]) / overall;
    }
    return paces;
  }
}
