package dev.heapwarden.e2e.accuracy;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Linear Backward Regression (Jindal et al., Memory Leak Detection Algorithms in the Cloud-based
 * Infrastructure, arXiv 2106.08938, section III; {@code algo_based_on_backward_movement.py} of
 * github.com/ansjin/memory_leak_detection). Windows that end now grow backwards. In each the
 * strongest periods by Fourier transform are averaged away, and a line is fitted to the trend that
 * is left: a leak where it rises with R2 above 0.8.
 *
 * <p>A window has 20 readings at least and grows by 10; theirs, of a reading each 5 minutes, has 60
 * and grows by 50, which no trace of the corpus would fill. Their program takes the number of a
 * frequency for the length of its period; here the period is the window's length divided by it.
 */
final class LinearBackwardRegression implements Method {
  private static final double R2 = 0.8;
  private static final int WINDOW = 20;
  private static final int STEP = 10;
  private static final int PERIODS = 10;

  @Override
  public String name() {
    return "lbr";
  }

  @Override
  public Opinion judge(Moment moment) {
    var all = moment.utilization();
    return Opinion.alarmIf(
        moment.warm()
            && IntStream.iterate(WINDOW, points -> points <= all.size(), points -> points + STEP)
                .anyMatch(points -> rises(all.tail(points))));
  }

  private static boolean rises(Utilization window) {
    return strongest(window.percent())
        .map(frequency -> window.size() / frequency)
        .distinct()
        .filter(period -> 2 * period <= window.size())
        .anyMatch(
            period -> {
              var line = trend(window, period).line();
              return line.slope() > 0 && line.r2() > R2;
            });
  }

  /** Frequencies, in periods per window, by falling amplitude. */
  private static IntStream strongest(double[] values) {
    return IntStream.range(1, values.length / 2)
        .boxed()
        .sorted(
            Comparator.comparingDouble((Integer frequency) -> amplitude(values, frequency))
                .reversed())
        .limit(PERIODS)
        .mapToInt(Integer::intValue);
  }

  private static double amplitude(double[] values, int frequency) {
    double real = 0;
    double imaginary = 0;
    for (int i = 0; i < values.length; i++) {
      double angle = 2 * Math.PI * frequency * i / values.length;
      real += values[i] * Math.cos(angle);
      imaginary -= values[i] * Math.sin(angle);
    }
    return Math.hypot(real, imaginary);
  }

  /** The moving average over a period, as a classical seasonal decomposition has it. */
  private static Utilization trend(Utilization window, int period) {
    int points = window.size() - period + 1;
    var means = new double[points];
    var seconds = new double[points];
    for (int i = 0; i < points; i++) {
      for (int j = i; j < i + period; j++) {
        means[i] += window.percent()[j] / period;
        seconds[i] += window.seconds()[j] / period;
      }
    }
    return new Utilization(seconds, means);
  }
}
