package dev.heapwarden.e2e.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** How fast a cost grows with a size: 1 is in proportion. */
final class Exponent {
  private Exponent() {}

  /** Slope of log(cost) over log(size), by least squares. */
  static <T> double of(List<T> steps, ToDoubleFunction<T> size, ToDoubleFunction<T> cost) {
    double x = steps.stream().mapToDouble(step -> log(size, step)).average().orElse(0);
    double y = steps.stream().mapToDouble(step -> log(cost, step)).average().orElse(0);
    double xy = 0;
    double xx = 0;
    for (var step : steps) {
      xy += (log(size, step) - x) * (log(cost, step) - y);
      xx += (log(size, step) - x) * (log(size, step) - x);
    }
    return xy / xx;
  }

  private static <T> double log(ToDoubleFunction<T> of, T step) {
    return Math.log(of.applyAsDouble(step));
  }
}
