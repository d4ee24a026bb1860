package dev.heapwarden.detection.feature;

/**
 * Whether values rise or fall with time at all: the number of pairs that rise less those that fall
 * (Mann 1945, Kendall 1975), with a variance that allows for tied values and for noise that
 * remembers itself. Such noise drifts, and what drifts looks like growth: the variance is that of
 * independent points times the points that stand for one independent point (Yue and Wang 2004, "The
 * Mann-Kendall test modified by effective sample size to detect trend in serially correlated
 * hydrological series", Water Resources Management 18), by the autocorrelation that is left once
 * the trend is taken out, where that is significantly positive.
 *
 * @param score rising pairs less falling ones
 * @param variance of the score without a trend
 */
record MannKendall(long score, double variance) {
  /** 95 % quantile of the normal distribution: one-sided, as only positive correlation counts. */
  private static final double SIGNIFICANT = 1.644854;

  /**
   * @param slopes of all pairs
   * @param slope that is taken out before the autocorrelation is looked at, per second
   */
  static MannKendall of(Series series, double[] slopes, double slope) {
    long score = 0;
    for (double pair : slopes) {
      score += pair > 0 ? 1 : pair < 0 ? -1 : 0;
    }
    return new MannKendall(
        score, kendallVariance(series.sortedValues()) * pointsForOne(series, slope));
  }

  /** Standard deviations from no trend, with the correction for continuity; positive for growth. */
  double z() {
    return variance > 0 ? (score - Long.signum(score)) / Math.sqrt(variance) : 0;
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

  /** One, or more where each point repeats a part of the one before: the sum of r^k (1 - k/n). */
  private static double pointsForOne(Series series, double slope) {
    double n = series.size();
    double r = autocorrelation(series, slope);
    if (r <= SIGNIFICANT / Math.sqrt(n)) {
      return 1;
    }
    double rest = 1 - r;
    return 1 + 2 * (Math.pow(r, n + 1) - n * r * r + (n - 1) * r) / (n * rest * rest);
  }

  /** From one point to the next. */
  private static double autocorrelation(Series series, double slope) {
    int n = series.size();
    var residuals = new double[n];
    double mean = 0;
    for (int i = 0; i < n; i++) {
      residuals[i] = series.value(i) - slope * series.age(i);
      mean += residuals[i] / n;
    }
    double both = 0;
    double square = 0;
    for (int i = 0; i < n; i++) {
      double residual = residuals[i] - mean;
      square += residual * residual;
      both += i == 0 ? 0 : residual * (residuals[i - 1] - mean);
    }
    return square > 0 ? both / square : 0;
  }
}
