package dev.heapwarden.probes.cost;

import java.util.EnumMap;
import java.util.Map;

/**
 * What watching a container costs it.
 *
 * @param ratio of the last minute, or of what is known of it, to the larger of the container's CPU
 *     time and 10 millicores
 * @param seconds of CPU since the agent first saw the container, by cause
 */
public record Overhead(double ratio, Map<Cause, Double> seconds) {
  public Overhead {
    seconds = Map.copyOf(seconds);
  }

  static Overhead of(double ratio, Map<Cause, Long> nanos) {
    var seconds = new EnumMap<Cause, Double>(Cause.class);
    nanos.forEach((cause, spent) -> seconds.put(cause, spent / 1e9));
    return new Overhead(ratio, seconds);
  }
}
