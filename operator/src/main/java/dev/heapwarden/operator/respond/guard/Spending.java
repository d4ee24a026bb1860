package dev.heapwarden.operator.respond.guard;

import dev.heapwarden.crds.policy.MemoryPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** The actions that a policy remembers, so that deleting an incident frees no budget. */
public final class Spending {
  /** {@code limits.actionsPerHour} looks back so far. */
  static final Duration PERIOD = Duration.ofHours(1);

  private Spending() {}

  static Stream<Instant> of(MemoryPolicy policy) {
    var status = policy.getStatus();
    return status == null ? Stream.empty() : status.spentActions().stream().map(Instant::parse);
  }

  /** What the policy is to remember from now on. */
  public static List<String> with(MemoryPolicy policy, Instant now) {
    return Stream.concat(of(policy).filter(at -> at.isAfter(now.minus(PERIOD))), Stream.of(now))
        .distinct()
        .sorted()
        .map(Instant::toString)
        .toList();
  }
}
