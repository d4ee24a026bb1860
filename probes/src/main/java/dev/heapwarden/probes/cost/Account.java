package dev.heapwarden.probes.cost;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * What one container paid, and what it ran, over the last minute. Both are sums that only rise,
 * noted down at each reading of the container's CPU time. Not thread-safe.
 */
final class Account {
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  /** 10 millicores: a program that hardly runs may be watched at all. */
  private static final double LEAST_CORES = 0.01;

  private final EnumMap<Cause, Long> spent = new EnumMap<>(Cause.class);
  private final ArrayDeque<Reading> readings = new ArrayDeque<>();

  /**
   * Sums at one moment.
   *
   * @param at by a clock that never goes back
   * @param cpu of the container, nanoseconds
   */
  private record Reading(long at, long cpu, Map<Cause, Long> spent) {}

  /**
   * What happened between two readings.
   *
   * @param nanos between them
   * @param spent CPU nanoseconds that watching took
   * @param base the larger of the container's CPU time and 10 millicores, nanoseconds
   */
  record Span(long nanos, Map<Cause, Long> spent, double base) {
    double ratio() {
      return base > 0 ? spent.values().stream().mapToLong(Long::longValue).sum() / base : 0;
    }

    double share(Cause cause) {
      return base > 0 ? spent.getOrDefault(cause, 0L) / base : 0;
    }
  }

  void spend(Cause cause, long nanos) {
    spent.merge(cause, nanos, Long::sum);
  }

  /**
   * Takes a reading of its CPU time.
   *
   * @param cpu nanoseconds since some beginning
   */
  void ran(long at, long cpu) {
    if (!readings.isEmpty() && readings.getLast().cpu() > cpu) {
      // Another cgroup stands in its place.
      readings.clear();
    }
    readings.add(new Reading(at, cpu, Map.copyOf(spent)));
    while (readings.size() > 2 && at - second().at() >= MINUTE) {
      readings.removeFirst();
    }
  }

  private Reading second() {
    var all = readings.iterator();
    all.next();
    return all.next();
  }

  Map<Cause, Long> spent() {
    return Map.copyOf(spent);
  }

  /** From the first reading of the last minute that is not before a moment to the newest. */
  Span since(long moment) {
    var first =
        readings.stream().filter(reading -> reading.at() - moment >= 0).findFirst().orElse(null);
    if (first == null) {
      return new Span(0, Map.of(), 0);
    }
    var last = readings.getLast();
    var between = new EnumMap<Cause, Long>(Cause.class);
    last.spent()
        .forEach(
            (cause, nanos) -> {
              long before = Objects.requireNonNullElse(first.spent().get(cause), 0L);
              if (nanos > before) {
                between.put(cause, nanos - before);
              }
            });
    long nanos = last.at() - first.at();
    return new Span(
        nanos, between, Math.max((double) (last.cpu() - first.cpu()), nanos * LEAST_CORES));
  }

  /** The last minute, or what is known of it. */
  Span lastMinute() {
    return readings.isEmpty() ? new Span(0, Map.of(), 0) : since(readings.getFirst().at());
  }
}
