package dev.heapwarden.e2e.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A server bare and under a condition, in rounds: each phase is compared with the bare one of its
 * own round, so that what the machine does for minutes cancels out.
 *
 * @param name of the condition
 * @param bare one phase per round
 * @param watched one phase per round
 */
record Comparison(String name, List<Phase> bare, List<Phase> watched) {
  Comparison {
    bare = List.copyOf(bare);
    watched = List.copyOf(watched);
  }

  /**
   * What a server that is short of CPU still does: CPU time per request, bare to watched. The
   * median of the rounds; latency and throughput of a busy machine scatter more.
   */
  double ratio() {
    return quantile(0.5, ratios(Phase::cpuMicros));
  }

  String row() {
    var ratios = ratios(Phase::cpuMicros);
    return "%-22s %10.0f %8.1f %14.1f   %.3f (%.3f to %.3f)"
        .formatted(
            name,
            median(Phase::requestsPerSecond),
            median(Phase::p99Millis),
            median(Phase::cpuMicros),
            ratio(),
            quantile(0.25, ratios),
            quantile(0.75, ratios));
  }

  /** CPU time per second that each request takes besides, in microseconds. */
  double besides(Comparison other) {
    return (median(Phase::cpuMicros) - other.median(Phase::cpuMicros))
        * median(Phase::requestsPerSecond);
  }

  private double median(ToDoubleFunction<Phase> figure) {
    return quantile(0.5, watched.stream().mapToDouble(figure).toArray());
  }

  private double[] ratios(ToDoubleFunction<Phase> figure) {
    return IntStream.range(0, bare.size())
        .mapToDouble(i -> figure.applyAsDouble(bare.get(i)) / figure.applyAsDouble(watched.get(i)))
        .toArray();
  }

  /** Between the two values beside it where it falls between them. */
  private static double quantile(double share, double[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    double at = share * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
