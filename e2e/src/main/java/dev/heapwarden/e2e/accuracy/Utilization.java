package dev.heapwarden.e2e.accuracy;

import java.util.Arrays;

/**
 * Resident memory in percent of the limit, by age of the container in seconds: all that methods of
 * monitoring tools look at.
 */
@SuppressWarnings("ArrayRecordComponent")
record Utilization(double[] seconds, double[] percent) {
  int size() {
    return seconds.length;
  }

  double span() {
    return size() == 0 ? 0 : seconds[size() - 1] - seconds[0];
  }

  double last() {
    return percent[size() - 1];
  }

  /** From one point on, and before another. */
  Utilization slice(int from, int to) {
    return new Utilization(
        Arrays.copyOfRange(seconds, from, to), Arrays.copyOfRange(percent, from, to));
  }

  Utilization tail(int points) {
    return slice(Math.max(0, size() - points), size());
  }

  /** The readings up to an age. */
  Utilization until(double age) {
    return slice(0, (int) Arrays.stream(seconds).filter(second -> second <= age).count());
  }

  /** The readings at most so many seconds before the last one. */
  Utilization latest(double span) {
    int from = 0;
    while (from < size() && seconds[from] < seconds[size() - 1] - span) {
      from++;
    }
    return slice(from, size());
  }

  /** The median of each reading and those at most so many seconds before it. */
  Utilization smoothed(double span) {
    var medians = new double[size()];
    for (int i = 0, from = 0; i < size(); i++) {
      while (seconds[from] < seconds[i] - span) {
        from++;
      }
      medians[i] = median(Arrays.copyOfRange(percent, from, i + 1));
    }
    return new Utilization(seconds, medians);
  }

  /** The ordinary least-squares line. */
  Line line() {
    double meanX = Arrays.stream(seconds).average().orElse(0);
    double meanY = Arrays.stream(percent).average().orElse(0);
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (int i = 0; i < size(); i++) {
      xx += (seconds[i] - meanX) * (seconds[i] - meanX);
      xy += (seconds[i] - meanX) * (percent[i] - meanY);
      yy += (percent[i] - meanY) * (percent[i] - meanY);
    }
    return xx == 0 || yy == 0
        ? new Line(0, meanY, 0)
        : new Line(xy / xx, meanY - xy / xx * meanX, xy * xy / (xx * yy));
  }

  static double median(double[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /**
   * A fitted line.
   *
   * @param slope percent of the limit per second
   * @param r2 share of the variance that it explains
   */
  record Line(double slope, double intercept, double r2) {
    double at(double seconds) {
      return intercept + slope * seconds;
    }

    /** From a level until the limit is reached; infinite where it never is. */
    double secondsToLimit(double level) {
      return slope <= 0 ? Double.POSITIVE_INFINITY : (100 - level) / slope;
    }
  }
}
