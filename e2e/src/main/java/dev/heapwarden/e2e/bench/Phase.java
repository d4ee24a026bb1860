package dev.heapwarden.e2e.bench;

import java.util.Arrays;

/**
 * What was measured of a server under load in one phase.
 *
 * @param requestsPerSecond answered
 * @param p99Millis latency that one in a hundred requests exceeds
 * @param cpuMicros CPU time of the server per request
 */
record Phase(double requestsPerSecond, double p99Millis, double cpuMicros) {
  /**
   * @param latencies of all requests of the phase, nanoseconds
   * @param nanos that it took
   * @param cpuNanos that the server ran meanwhile
   */
  static Phase of(long[] latencies, long nanos, long cpuNanos) {
    if (latencies.length == 0) {
      throw new IllegalStateException("no request was answered in a phase");
    }
    var sorted = latencies.clone();
    Arrays.sort(sorted);
    return new Phase(
        latencies.length / (nanos / 1e9),
        sorted[(int) (sorted.length * 0.99)] / 1e6,
        cpuNanos / 1e3 / latencies.length);
  }
}
