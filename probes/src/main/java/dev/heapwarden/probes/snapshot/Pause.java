package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.jvm.JvmCounters;
import dev.heapwarden.probes.probe.CgroupCpu;
import dev.heapwarden.probes.target.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** For how long a program stands still while something walks its heap or its threads. */
final class Pause {
  /** The least that Kubernetes lets a limit be. */
  private static final double LEAST_CPU = 0.001;

  private Pause() {}

  /**
   * What is to be expected. One thread walks: more than one CPU makes it no faster.
   *
   * @param amount of bytes or threads
   * @param secondsForEach on a CPU of its own
   * @param cpus that the container may use
   */
  static Duration of(long amount, double secondsForEach, double cpus) {
    return Duration.ofMillis(
        (long) (amount * secondsForEach / Math.clamp(cpus, LEAST_CPU, 1) * 1000));
  }

  /** CPUs that a container may use; infinite without a limit. */
  static double cpus(Target target) throws IOException {
    var cgroup = target.cgroup();
    return cgroup.isEmpty() ? Double.POSITIVE_INFINITY : CgroupCpu.quota(cgroup.get());
  }

  /** For how long a JVM stood still by its own clock; empty where it does not tell. */
  static Optional<Duration> between(Optional<JvmCounters> before, Optional<JvmCounters> after) {
    return before.flatMap(
        earlier ->
            after.map(
                later ->
                    Duration.ofNanos(
                        (long) ((later.stoppedSeconds() - earlier.stoppedSeconds()) * 1e9))));
  }
}
