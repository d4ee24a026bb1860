package dev.heapwarden.detection.feature;

import java.util.Arrays;

/** Points of one signal in time order. Never changed once made; a part of one shares its points. */
final class Series {
  private static final int[] EACH_ONE = {};

  private final double[] ages;
  private final double[] values;
  private final int[] counts;
  private final int from;
  private final int to;

  /**
   * Takes the arrays as its own.
   *
   * @param ages seconds since the container's start, not falling
   * @param values one for each age
   */
  Series(double[] ages, double[] values) {
    this(ages, values, EACH_ONE);
  }

  /**
   * Takes the arrays as its own.
   *
   * @param ages seconds since the container's start, not falling
   * @param values one for each age
   * @param counts how many samples each point stands for; empty where each stands for one
   */
  Series(double[] ages, double[] values, int[] counts) {
    this(ages, values, counts, 0, ages.length);
  }

  private Series(double[] ages, double[] values, int[] counts, int from, int to) {
    this.ages = ages;
    this.values = values;
    this.counts = counts;
    this.from = from;
    this.to = to;
  }

  int size() {
    return to - from;
  }

  boolean isEmpty() {
    return to == from;
  }

  /** Samples that the points stand for. */
  int samples() {
    int samples = 0;
    for (int i = from; i < to; i++) {
      samples += counts.length == 0 ? 1 : counts[i];
    }
    return samples;
  }

  double age(int index) {
    return ages[from + index];
  }

  double value(int index) {
    return values[from + index];
  }

  double lastAge() {
    return ages[to - 1];
  }

  double lastValue() {
    return values[to - 1];
  }

  double span() {
    return isEmpty() ? 0 : lastAge() - ages[from];
  }

  /** The points with {@code first <= age <= last}. */
  Series between(double first, double last) {
    return new Series(
        ages, values, counts, firstAtOrAfter(first), firstAtOrAfter(Math.nextUp(last)));
  }

  /** The points from one index to another, exclusive. */
  Series slice(int first, int end) {
    return new Series(ages, values, counts, from + first, from + end);
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
    int first = from;
    for (int bucket = 1; bucket <= buckets; bucket++) {
      double last = bucket == buckets ? lastAge() : ages[from] + span() * bucket / buckets;
      int end = first;
      while (end < to && ages[end] <= last) {
        end++;
      }
      if (end > first) {
        bucketAges[filled] = medianOfSorted(ages, first, end);
        bucketValues[filled] = median(values, first, end);
        filled++;
      }
      first = end;
    }
    return new Series(bucketAges, bucketValues).slice(0, filled);
  }

  double[] sortedValues() {
    var sorted = Arrays.copyOfRange(values, from, to);
    Arrays.sort(sorted);
    return sorted;
  }

  /** Of the steps from point to point, the share that rises; at least two points. */
  double risingShare() {
    int rises = 0;
    for (int i = from + 1; i < to; i++) {
      if (values[i] > values[i - 1]) {
        rises++;
      }
    }
    return (double) rises / (size() - 1);
  }

  double medianValue() {
    return median(values, from, to);
  }

  double medianAge() {
    return medianOfSorted(ages, from, to);
  }

  static double median(double[] values, int from, int to) {
    if (to - from <= 2) {
      return medianOfSorted(values, from, to);
    }
    return Selection.median(Arrays.copyOfRange(values, from, to));
  }

  private static double medianOfSorted(double[] sorted, int from, int to) {
    int middle = (from + to) >>> 1;
    return (to - from) % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** Among its points; its end where none is that old. */
  private int firstAtOrAfter(double age) {
    int low = from;
    int high = to;
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
