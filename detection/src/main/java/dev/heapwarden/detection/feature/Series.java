package dev.heapwarden.detection.feature;

import java.util.Arrays;

/** Points of one signal in time order. Never changed once made. */
final class Series {
  private final double[] ages;
  private final double[] values;

  /**
   * Takes the arrays as its own.
   *
   * @param ages seconds since the container's start, not falling
   * @param values one for each age
   */
  Series(double[] ages, double[] values) {
    this.ages = ages;
    this.values = values;
  }

  int size() {
    return ages.length;
  }

  boolean isEmpty() {
    return ages.length == 0;
  }

  double age(int index) {
    return ages[index];
  }

  double value(int index) {
    return values[index];
  }

  double lastAge() {
    return ages[ages.length - 1];
  }

  double lastValue() {
    return values[values.length - 1];
  }

  double span() {
    return isEmpty() ? 0 : lastAge() - ages[0];
  }

  /** The points with {@code from <= age <= to}. */
  Series between(double from, double to) {
    int first = firstAtOrAfter(from);
    int end = first;
    while (end < ages.length && ages[end] <= to) {
      end++;
    }
    return slice(first, end);
  }

  Series slice(int from, int to) {
    return new Series(Arrays.copyOfRange(ages, from, to), Arrays.copyOfRange(values, from, to));
  }

  /**
   * At most {@code buckets} points: the medians, in age and in value, of equal shares of the span.
   * Shares without a point are left out.
   */
  Series downSampled(int buckets) {
    if (size() <= buckets) {
      return this;
    }
    var bucketAges = new double[buckets];
    var bucketValues = new double[buckets];
    int filled = 0;
    int from = 0;
    for (int bucket = 1; bucket <= buckets; bucket++) {
      double end = bucket == buckets ? lastAge() : ages[0] + span() * bucket / buckets;
      int to = from;
      while (to < ages.length && ages[to] <= end) {
        to++;
      }
      if (to > from) {
        bucketAges[filled] = median(ages, from, to);
        bucketValues[filled] = median(values, from, to);
        filled++;
      }
      from = to;
    }
    return new Series(bucketAges, bucketValues).slice(0, filled);
  }

  double[] sortedValues() {
    var sorted = values.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  /** Of the steps from point to point, the share that rises; at least two points. */
  double risingShare() {
    int rises = 0;
    for (int i = 1; i < size(); i++) {
      if (values[i] > values[i - 1]) {
        rises++;
      }
    }
    return (double) rises / (size() - 1);
  }

  double medianValue() {
    return median(values, 0, values.length);
  }

  double medianAge() {
    return median(ages, 0, ages.length);
  }

  static double median(double[] values, int from, int to) {
    var sorted = Arrays.copyOfRange(values, from, to);
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private int firstAtOrAfter(double age) {
    int low = 0;
    int high = ages.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ages[middle] < age) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
