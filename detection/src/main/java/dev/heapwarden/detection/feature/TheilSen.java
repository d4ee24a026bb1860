package dev.heapwarden.detection.feature;

import java.util.Arrays;

/**
 * A straight line through points that a few outliers do not move: the median of the slopes of all
 * pairs (Theil 1950), with the confidence interval of Sen 1968 ("Estimates of the regression
 * coefficient based on Kendall's tau", JASA 63), whose variance allows for tied values. The
 * interval takes the points as independent, so it is too narrow where noise is correlated in time:
 * who stands on it asks for a practical size and for steadiness too.
 *
 * @param slope per second
 * @param low lower end of the 95 % interval
 * @param high upper end of the 95 % interval
 * @param intercept value at age 0
 */
record TheilSen(double slope, double low, double high, double intercept) {
  /** 97.5 % quantile of the normal distribution: two-sided 95 %. */
  private static final double Z = 1.959964;

  /** Needs two points of different age. */
  static TheilSen of(Series series) {
    int n = series.size();
    var slopes = new double[n * (n - 1) / 2];
    int pairs = 0;
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        double seconds = series.age(j) - series.age(i);
        if (seconds > 0) {
          slopes[pairs++] = (series.value(j) - series.value(i)) / seconds;
        }
      }
    }
    if (pairs == 0) {
      throw new IllegalArgumentException("a slope needs two points of different age, got " + n);
    }
    Arrays.sort(slopes, 0, pairs);
    double slope =
        pairs % 2 == 1 ? slopes[pairs / 2] : (slopes[pairs / 2 - 1] + slopes[pairs / 2]) / 2;
    double width = Z * Math.sqrt(kendallVariance(series.sortedValues()));
    int low = Math.clamp((int) Math.floor((pairs - width) / 2) - 1, 0, pairs - 1);
    int high = Math.clamp((int) Math.ceil((pairs + width) / 2), 0, pairs - 1);
    return new TheilSen(slope, slopes[low], slopes[high], intercept(series, slope));
  }

  double at(double age) {
    return intercept + slope * age;
  }

  private static double kendallVariance(double[] sorted) {
    double n = sorted.length;
    double variance = n * (n - 1) * (2 * n + 5);
    for (int from = 0, to; from < sorted.length; from = to) {
      to = from + 1;
      while (to < sorted.length && sorted[to] == sorted[from]) {
        to++;
      }
      double tied = to - from;
      variance -= tied * (tied - 1) * (2 * tied + 5);
    }
    return variance / 18;
  }

  private static double intercept(Series series, double slope) {
    var residuals = new double[series.size()];
    for (int i = 0; i < series.size(); i++) {
      residuals[i] = series.value(i) - slope * series.age(i);
    }
    return Series.median(residuals, 0, residuals.length);
  }
}
