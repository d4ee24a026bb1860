package dev.heapwarden.probes.cost;

import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which probes one container may be spared. Above the budget the costliest one is left out, or
 * first a part of it where it can do without one, and after another look the next, until none is
 * left; each comes back after a while, and after twice as long when it was too much again. Not
 * thread-safe.
 */
final class Allowance {
  /** Six slots of the node's program: what a burst costs, as at a start, is no reason yet. */
  static final Duration LOOK = Duration.ofSeconds(30);

  static final Duration FIRST_BREAK = Duration.ofMinutes(5);
  static final Duration LONGEST_BREAK = Duration.ofHours(1);

  /** A probe that costs less than this share of what is allowed is not worth leaving out. */
  private static final double WORTH_IT = 0.1;

  private final InstantSource clock;
  private final Map<Cause, Break> breaks = new EnumMap<>(Cause.class);
  private long since;
  private double budget;

  /**
   * A probe that was too much.
   *
   * @param until when it comes back
   * @param reason empty when it is back
   */
  private record Break(Duration length, long until, Optional<String> reason) {}

  /**
   * @param since the moment that the first look begins with
   */
  Allowance(InstantSource clock, long since) {
    this.clock = clock;
    this.since = since;
  }

  /**
   * Looks at what was spent by probes that are not left out: what the others cost until they are
   * gone, and what snapshots cost, is not theirs. Under another budget all are tried anew.
   *
   * @param allowed share of the container's CPU, such as 0.01
   * @param parts of probes that the container's programs can be spared
   * @return what is left out from now on
   */
  Optional<Cause> look(Account account, double allowed, Set<Cause> parts, long now) {
    if (allowed != budget) {
      budget = allowed;
      breaks.clear();
      since = now;
    }
    comeBack(now);
    var span = account.since(since);
    var left = reasons().keySet();
    var probes =
        span.spent().keySet().stream()
            .filter(cause -> cause.alwaysOn() && !left.contains(cause))
            .toList();
    double ratio = probes.stream().mapToDouble(span::share).sum();
    if (span.nanos() < LOOK.toNanos() || ratio <= budget) {
      return Optional.empty();
    }
    var costliest =
        probes.stream()
            .filter(cause -> span.share(cause) >= budget * WORTH_IT)
            .max(Comparator.comparingDouble(span::share));
    return costliest.map(
        cause -> {
          var part = cause.part().filter(one -> parts.contains(one) && !left.contains(one));
          leaveOut(part.orElse(cause), ratio, span.share(cause), now);
          if (part.isPresent()) {
            // What all of it costs until the narrower one is in its place is not held against that.
            since = now + LOOK.toNanos();
          }
          return part.orElse(cause);
        });
  }

  /** Why each probe that is left out is. */
  Map<Cause, String> reasons() {
    var reasons = new EnumMap<Cause, String>(Cause.class);
    breaks.forEach((cause, rest) -> rest.reason().ifPresent(reason -> reasons.put(cause, reason)));
    return reasons;
  }

  private void leaveOut(Cause cause, double ratio, double share, long now) {
    var before = breaks.get(cause);
    // One that was good for as long as it had been left out starts anew.
    var length =
        before == null || now - before.until() > before.length().toNanos()
            ? FIRST_BREAK
            : shorter(before.length().multipliedBy(2), LONGEST_BREAK);
    breaks.put(
        cause,
        new Break(
            length,
            now + length.toNanos(),
            Optional.of(
                String.format(
                    Locale.ROOT,
                    "OverBudget: probes took %.2f %% of the container's CPU, of it this probe"
                        + " %.2f %%; %.1f %% is allowed; %s at %s",
                    ratio * 100,
                    share * 100,
                    budget * 100,
                    cause.isPart() ? "all is told again" : "it comes back",
                    clock.instant().plus(length).truncatedTo(ChronoUnit.SECONDS)))));
    since = now;
  }

  private void comeBack(long now) {
    breaks.replaceAll(
        (_, rest) -> {
          if (rest.reason().isEmpty() || now - rest.until() < 0) {
            return rest;
          }
          since = now;
          return new Break(rest.length(), rest.until(), Optional.empty());
        });
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
