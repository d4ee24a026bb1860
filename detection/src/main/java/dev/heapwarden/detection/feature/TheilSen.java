package dev.heapwarden.detection.feature;

import java.util.Arrays;

/**
 * A straight line through points that a few outliers do not move: the median of the slopes of all
 * pairs (Theil 1950), with the confidence interval of Sen 1968 ("Estimates of the regression
 * coefficient based on Kendall's tau", JASA 63). The interval lies above 0 about where the {@link
 * MannKendall} test says that the values rise, as both rest on the same variance.
 *
 * @param slope per second
 * @param low lower end of the 95 % interval
 * @param high upper end of the 95 % interval
 * @param intercept value at age 0
 * @param test whether there is a trend at all
 */
record TheilSen(double slope, double low, double high, double intercept, MannKendall test) {
  /** 97.5 % quantile of the normal distribution: two-sided 95 %. */
  private static final double Z = 1.959964;

  /** The slope alone, per second; needs two points of different age. */
  static double slope(Series series) {
    return Selection.median(slopes(series));
  }

  /** Needs two points of different age. */
  static TheilSen of(Series series) {
    var slopes = slopes(series);
    int pairs = slopes.length;
    double slope = Selection.median(slopes);
    var test = MannKendall.of(series, slopes, slope);
    double width = Z * Math.sqrt(test.variance());
    int low = Math.clamp((int) Math.floor((pairs - width) / 2) - 1, 0, pairs / 2);
    int high = Math.clamp((int) Math.ceil((pairs + width) / 2), pairs / 2, pairs - 1);
    return new TheilSen(
        slope,
        Selection.at(slopes, low, 0, pairs / 2),
        Selection.at(slopes, high, pairs / 2, pairs - 1),
        intercept(series, slope),
        test);
  }

  double at(double age) {
    return intercept + slope * age;
  }

  private static double[] slopes(Series series) {
    int n = series.size();
    var slopes = new double[n * (n - 1) / 2];
    int pairs = 0;
    for (int i = 0; i < n; i++) {
      double age = series.age(i);
      double value = series.value(i);
      for (int j = i + 1; j < n; j++) {
        double seconds = series.age(j) - age;
        if (seconds > 0) {
          slopes[pairs++] = (series.value(j) - value) / seconds;
        }
      }
    }
    if (pairs == 0) {
      throw new IllegalArgumentException("a slope needs two points of different age, got " + n);
    }
    return pairs == slopes.length ? slopes : Arrays.copyOf(slopes, pairs);
  }

  private static double intercept(Series series, double slope) {
    var residuals = new double[series.size()];
    for (int i = 0; i < series.size(); i++) {
      residuals[i] = series.value(i) - slope * series.age(i);
    }
    return Selection.median(residuals);
  }
}
