package dev.heapwarden.operator.respond.guard;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.operator.respond.guard.Ruling.Cause;
import dev.heapwarden.operator.respond.guard.Ruling.Go;
import dev.heapwarden.operator.respond.guard.Ruling.Hold;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Ledger;
import dev.heapwarden.operator.respond.journal.Steps;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How much may be done by all who share it: one policy, one namespace, or everything.
 *
 * @param actionsPerHour changes of workloads in any hour
 * @param concurrentActions workloads that are changed at the same time
 * @param concurrentIsolations pods that are isolated at the same time
 */
public record Quota(int actionsPerHour, int concurrentActions, int concurrentIsolations) {
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

  /**
   * Whether it leaves room for one more.
   *
   * @param where it holds, for people, such as {@code in namespace shop}; empty for a policy
   * @param ledger of all who share it
   */
  Ruling ruling(ActionKind kind, LeakIncident incident, String where, Ledger ledger, Instant now) {
    if (!kind.changesWorkload()) {
      return new Go();
    }
    var place = where.isEmpty() ? "" : " " + where;
    return budget(place, ledger, now)
        .or(() -> concurrency(incident, place, ledger))
        .or(() -> isolations(kind, place, ledger))
        .<Ruling>map(hold -> hold)
        .orElseGet(Go::new);
  }

  /** What policies remember besides is of incidents that were deleted. */
  private Optional<Hold> budget(String place, Ledger ledger, Instant now) {
    var known = steps(ledger).filter(Steps::counts).map(step -> spentAt(step, now));
    var spent =
        Stream.concat(known, Spending.ofDeleted(ledger))
            .filter(at -> at.isAfter(now.minus(Spending.PERIOD)))
            .sorted()
            .toList();
    if (spent.size() < actionsPerHour) {
      return Optional.empty();
    }
    var free = spent.get(spent.size() - actionsPerHour).plus(Spending.PERIOD);
    return Optional.of(
        Ruling.until(
            free,
            now,
            "Budget: %d of %d actions of this hour%s are spent, next at %s"
                .formatted(spent.size(), actionsPerHour, place, free)));
  }

  /** An action that is only intended will be done at any moment: it counts until it is. */
  private static Instant spentAt(Step step, Instant now) {
    return step.state() == State.INTENDED
        ? Steps.actedAt(step).orElse(now)
        : Steps.actedAt(step).orElseGet(() -> Instant.parse(step.intendedAt()));
  }

  /** The interventions of one incident are begun together: they are one change of its workload. */
  private Optional<Hold> concurrency(LeakIncident incident, String place, Ledger ledger) {
    var changing =
        ledger.incidents().stream()
            .filter(other -> !isSame(other, incident))
            .filter(other -> steps(other).anyMatch(Quota::isUnderWay))
            .count();
    return changing < concurrentActions
        ? Optional.empty()
        : hold(
            "ConcurrentActions: %d of %d workloads%s are being changed"
                .formatted(changing, concurrentActions, place));
  }

  private static boolean isSame(LeakIncident one, LeakIncident other) {
    return one.getMetadata().getName().equals(other.getMetadata().getName())
        && one.getMetadata().getNamespace().equals(other.getMetadata().getNamespace());
  }

  private static boolean isUnderWay(Step step) {
    return Steps.hasEffect(step) && step.state() != State.DONE;
  }

  private Optional<Hold> isolations(ActionKind kind, String place, Ledger ledger) {
    if (kind != ActionKind.ISOLATE) {
      return Optional.empty();
    }
    var isolated =
        steps(ledger)
            .filter(step -> Steps.is(step, ActionKind.ISOLATE) && Steps.hasEffect(step))
            .count();
    return isolated < concurrentIsolations
        ? Optional.empty()
        : hold(
            "ConcurrentIsolations: %d of %d pods%s are isolated"
                .formatted(isolated, concurrentIsolations, place));
  }

  private static Optional<Hold> hold(String reason) {
    return Optional.of(new Hold(Cause.GUARD, reason, LOOK_AGAIN));
  }

  private static Stream<Step> steps(Ledger ledger) {
    return ledger.incidents().stream().flatMap(Quota::steps);
  }

  private static Stream<Step> steps(LeakIncident incident) {
    return incident.getStatus() == null ? Stream.empty() : Steps.all(incident.getStatus());
  }
}
