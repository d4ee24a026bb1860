package dev.heapwarden.e2e.accuracy;

import java.util.Locale;

/** A count of a total, with its 95 % interval. */
record Share(int count, int total) {
  /** Of the normal distribution, for 95 %. */
  private static final double Z = 1.959964;

  /** NaN of nothing. */
  double value() {
    return total == 0 ? Double.NaN : (double) count / total;
  }

  /** Lower end of the interval (Wilson, JASA 1927). */
  double low() {
    return total == 0 ? 0 : Math.max(0, middle() - half());
  }

  /** Upper end of the interval. */
  double high() {
    return total == 0 ? 1 : Math.min(1, middle() + half());
  }

  private double middle() {
    return (value() + Z * Z / (2 * total)) / (1 + Z * Z / total);
  }

  private double half() {
    double share = value();
    return Z
        / (1 + Z * Z / total)
        * Math.sqrt(share * (1 - share) / total + Z * Z / (4.0 * total * total));
  }

  /** Such as {@code 0.93}; a dash of nothing. */
  String figure() {
    return total == 0 ? "-" : String.format(Locale.ROOT, "%.2f", value());
  }

  /** Such as {@code 0.93 (28/30, 0.79-0.98)}. */
  @Override
  public String toString() {
    return total == 0
        ? "-"
        : String.format(
            Locale.ROOT, "%.2f (%d/%d, %.2f-%.2f)", value(), count, total, low(), high());
  }
}
