package dev.heapwarden.probes.snapshot;

import java.time.Duration;

/** For how long a program stands still while something walks its heap. */
final class Pause {
  /** A program that serves is not stopped for longer by our own wish. */
  static final Duration LONGEST_IN_SERVICE = Duration.ofMillis(500);

  /** The least that Kubernetes lets a limit be. */
  private static final double LEAST_CPU = 0.001;

  private Pause() {}

  /**
   * What is to be expected. One thread walks: more than one CPU makes it no faster.
   *
   * @param heap bytes
   * @param secondsPerByte on a CPU of its own
   * @param cpus that the container may use
   */
  static Duration of(long heap, double secondsPerByte, double cpus) {
    return Duration.ofMillis(
        (long) (heap * secondsPerByte / Math.clamp(cpus, LEAST_CPU, 1) * 1000));
  }
}
