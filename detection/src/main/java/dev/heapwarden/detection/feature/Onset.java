package dev.heapwarden.detection.feature;

import java.util.OptionalDouble;

/**
 * Where a level that stood still began to rise: of all pairs of a flat line and a rising one that
 * begins at its end, the one with the least sum of absolute residuals. Both lines are medians, as
 * Theil's are.
 */
final class Onset {
  /** Points that a rise is seen by, so that it is not taken for longer than it is. */
  private static final int RISING = 3;

  /** Of the residuals of a single line, what the two may leave. */
  private static final double CLEARER = 0.5;

  /** Of the later rise, how far the points of the flat line may spread. */
  private static final double FLAT = 0.25;

  /** Of the level, what must have been gained to look for it at all: healthy levels hardly do. */
  private static final double MATTERS = 0.05;

  private static final double HIGH = 0.8;
  private static final double LOW = 0.2;

  private final Series points;
  private double cost = Double.POSITIVE_INFINITY;
  private double slope;

  /** Points of the flat line. */
  private int flat;

  private Onset(Series points) {
    this.points = points;
  }

  /**
   * Age of the last point that stood still; empty where nothing shows that it ever did, or that it
   * rose since.
   *
   * @param points down-sampled: each is tried
   * @param line the single line through them
   */
  static OptionalDouble of(Series points, TheilSen line) {
    int least = Feature.TREND_POINTS;
    if (points.size() < least + RISING || !gained(points)) {
      return OptionalDouble.empty();
    }
    var onset = new Onset(points);
    for (int flat = least; flat <= points.size() - RISING; flat++) {
      onset.tryAt(flat);
    }
    return onset.isClear(line)
        ? OptionalDouble.of(points.age(onset.flat - 1))
        : OptionalDouble.empty();
  }

  private static boolean gained(Series points) {
    double before = points.slice(0, points.size() / 2).medianValue();
    double last = points.slice(points.size() - RISING, points.size()).medianValue();
    return last - before >= MATTERS * before;
  }

  private void tryAt(int end) {
    double level = points.slice(0, end).medianValue();
    double anchor = points.age(end - 1);
    var slopes = new double[points.size() - end];
    for (int i = end; i < points.size(); i++) {
      slopes[i - end] = (points.value(i) - level) / (points.age(i) - anchor);
    }
    double steepness = Selection.median(slopes);
    double sum = 0;
    for (int i = 0; i < points.size(); i++) {
      double fitted = level + steepness * Math.max(0, points.age(i) - anchor);
      sum += Math.abs(points.value(i) - fitted);
    }
    if (sum < cost) {
      cost = sum;
      slope = steepness;
      flat = end;
    }
  }

  private boolean isClear(TheilSen line) {
    double single = 0;
    for (int i = 0; i < points.size(); i++) {
      single += Math.abs(points.value(i) - line.at(points.age(i)));
    }
    var before = points.slice(0, flat).sortedValues();
    double spread = before[(int) (HIGH * (flat - 1))] - before[(int) (LOW * (flat - 1))];
    double rise = slope * (points.lastAge() - points.age(flat - 1));
    return cost < CLEARER * single && spread < FLAT * rise;
  }
}
