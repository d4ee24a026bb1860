package dev.heapwarden.detection.feature;

import java.util.Arrays;

/** Points in the order they come; the caller adds them in time order. */
final class SeriesBuilder {
  private double[] ages = new double[64];
  private double[] values = new double[64];
  private int size;

  void add(double age, double value) {
    if (size == ages.length) {
      ages = Arrays.copyOf(ages, size * 2);
      values = Arrays.copyOf(values, size * 2);
    }
    ages[size] = age;
    values[size] = value;
    size++;
  }

  Series build() {
    return new Series(Arrays.copyOf(ages, size), Arrays.copyOf(values, size));
  }
}
