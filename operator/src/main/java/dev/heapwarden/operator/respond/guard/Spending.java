package dev.heapwarden.operator.respond.guard;

import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus.SpentAction;
import dev.heapwarden.operator.respond.journal.Ledger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The actions that a policy remembers, so that deleting an incident frees no budget. */
public final class Spending {
  /** {@code limits.actionsPerHour} looks back so far. */
  static final Duration PERIOD = Duration.ofHours(1);

  private Spending() {}

  /** When the actions of incidents were done that are not there any more. */
  static Stream<Instant> ofDeleted(Ledger ledger) {
    var known =
        ledger.incidents().stream()
            .map(incident -> incident.getMetadata().getUid())
            .collect(Collectors.toSet());
    return ledger.policies().stream()
        .flatMap(Spending::of)
        .filter(spent -> !known.contains(spent.incident()))
        .map(spent -> Instant.parse(spent.at()));
  }

  /** What the policy is to remember from now on; the same action of one incident only once. */
  public static List<SpentAction> with(MemoryPolicy policy, SpentAction added) {
    var from = Instant.parse(added.at()).minus(PERIOD);
    var others =
        of(policy)
            .filter(spent -> Instant.parse(spent.at()).isAfter(from))
            .filter(
                spent ->
                    !(spent.incident().equals(added.incident())
                        && spent.action().equals(added.action())));
    return Stream.concat(others, Stream.of(added)).toList();
  }

  private static Stream<SpentAction> of(MemoryPolicy policy) {
    var status = policy.getStatus();
    return status == null ? Stream.empty() : status.spentActions().stream();
  }
}
