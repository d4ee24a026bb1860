package dev.heapwarden.operator.evaluate;

import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus;
import dev.heapwarden.operator.collect.Sight;
import dev.heapwarden.operator.schedule.Timetable;
import dev.heapwarden.operator.schedule.Timetable.Occasion;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The one place where a policy's status is written down. */
final class PolicyStatus {
  /** Pods or incidents named in a condition at most. */
  private static final int NAMED = 3;

  /** Characters of a condition's message at most; Kubernetes takes 32,768. */
  private static final int MESSAGE_LENGTH = 1_000;

  private PolicyStatus() {}

  /**
   * Writes it down.
   *
   * @param breaker why nothing more is changed, where its circuit breaker is open
   * @param health what became of the health snapshots, where any were due
   * @param holders incidents that a deleted policy waits for
   */
  static MemoryPolicyStatus of(
      MemoryPolicy policy,
      Levels levels,
      PolicyRules rules,
      Governance governance,
      List<WatchedContainer> containers,
      Optional<String> breaker,
      Optional<HealthOrder> health,
      List<String> holders,
      Instant now) {
    var generation = policy.getMetadata().getGeneration();
    var timetable = Timetable.of(policy.getSpec());
    var fresh =
        Stream.concat(
                Stream.of(
                    ready(policy, rules, governance, containers),
                    RuleConditions.valid(rules),
                    RuleConditions.signalsSeen(containers),
                    conflicted(governance.lost()),
                    schedulesValid(timetable),
                    levelsInstalled(policy.getSpec().respond().maxLevel(), levels),
                    breakerClosed(breaker)),
                Stream.concat(
                    healthSnapshots(policy, health).stream(), undone(policy, holders).stream()))
            .toList();
    return new MemoryPolicyStatus(
        generation,
        governance.governed().size(),
        count(containers, container -> container.sight() instanceof Sight.Watched),
        count(containers, ContainerLine::fullyAttached),
        count(containers, container -> ContainerLine.verdict(container).equals("Suspected")),
        count(containers, container -> ContainerLine.verdict(container).equals("Confirmed")),
        containers.stream()
            .sorted(ContainerLine.MOST_TELLING_FIRST)
            .limit(MemoryPolicyStatus.WATCHED_LIMIT)
            .map(ContainerLine::of)
            .toList(),
        Conditions.settle(Conditions.in(policy.getStatus()), fresh, generation, now),
        timetable.next(Occasion.HEALTH_SNAPSHOT, now).map(Instant::toString).orElse(null),
        List.of(),
        containers.stream()
            .flatMap(container -> ContainerLine.overhead(container).stream())
            .max(Comparator.naturalOrder())
            .map(ContainerLine::percent)
            .orElse(null));
  }

  private static int count(
      List<WatchedContainer> containers, Predicate<WatchedContainer> predicate) {
    return (int) containers.stream().filter(predicate).count();
  }

  private static Condition ready(
      MemoryPolicy policy,
      PolicyRules rules,
      Governance governance,
      List<WatchedContainer> containers) {
    if (rules instanceof PolicyRules.Invalid) {
      return Conditions.of(
          Conditions.READY, false, "RulesInvalid", "nothing is judged until the rules are valid");
    }
    if (governance.governed().isEmpty()) {
      return Conditions.of(Conditions.READY, false, "NoPods", "no running pod is governed");
    }
    if (containers.isEmpty()) {
      return Conditions.of(
          Conditions.READY, false, "NoContainers", noContainers(policy.getSpec().containers()));
    }
    var unseen =
        containers.stream()
            .filter(container -> !(container.sight() instanceof Sight.Watched))
            .toList();
    if (!unseen.isEmpty()) {
      var agentless =
          unseen.stream()
              .filter(
                  container ->
                      container.sight() instanceof Sight.Silent
                          || container.sight() instanceof Sight.NoAgent)
              .findFirst();
      var first = agentless.orElse(unseen.getFirst());
      return Conditions.of(
          Conditions.READY,
          false,
          reason(first.sight()),
          "%d of %d containers without a verdict; %s: %s"
              .formatted(
                  unseen.size(),
                  containers.size(),
                  first.key().pod(),
                  ContainerLine.message(first)));
    }
    return Conditions.of(Conditions.READY, true, "Watching", "every selected container is watched");
  }

  /** Their names are misspelt, or their images still pulled, or they crash. */
  private static String noContainers(List<String> names) {
    return names.isEmpty()
        ? "no container of the governed pods runs"
        : bounded(
            "no container named in spec.containers runs in the governed pods: "
                + String.join(", ", names));
  }

  private static String reason(Sight sight) {
    return switch (sight) {
      case Sight.Silent _ -> "AgentSilent";
      case Sight.NoAgent _ -> "NoAgent";
      case Sight.NotListed _, Sight.NotAsked _, Sight.Watched _ -> "NotYetWatched";
    };
  }

  private static Condition schedulesValid(Timetable timetable) {
    return timetable.unkept().isEmpty()
        ? Conditions.of(
            Conditions.SCHEDULES_VALID, true, "Readable", "every schedule and time zone is known")
        : Conditions.of(
            Conditions.SCHEDULES_VALID,
            false,
            "ScheduleInvalid",
            String.join("; ", timetable.unkept()));
  }

  /** Of the last time that any were due; none where none ever were, or none are asked for. */
  private static Optional<Condition> healthSnapshots(
      MemoryPolicy policy, Optional<HealthOrder> health) {
    var type = Conditions.HEALTH_SNAPSHOTS_ORDERED;
    if (policy.getSpec().observe().healthSnapshots() == null) {
      return Optional.empty();
    }
    return health
        .map(
            order ->
                order.problems().isEmpty()
                    ? Conditions.of(type, true, "Ordered", "those due %s".formatted(order.due()))
                    : Conditions.of(
                        type,
                        false,
                        "OrderFailed",
                        bounded(
                            "of those due %s: %s"
                                .formatted(order.due(), String.join("; ", order.problems())))))
        .or(() -> Conditions.find(Conditions.in(policy.getStatus()), type));
  }

  private static String bounded(String message) {
    return message.substring(0, Math.min(message.length(), MESSAGE_LENGTH));
  }

  private static Condition conflicted(Map<String, List<String>> lost) {
    if (lost.isEmpty()) {
      return Conditions.of(
          Conditions.CONFLICTED, false, "NoConflict", "no older policy selects the same pods");
    }
    return Conditions.of(
        Conditions.CONFLICTED,
        true,
        "OlderPolicyWins",
        lost.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(
                entry ->
                    "older policy %s governs %s".formatted(entry.getKey(), named(entry.getValue())))
            .collect(Collectors.joining("; ")));
  }

  private static Condition levelsInstalled(int maxLevel, Levels levels) {
    var missing = levels.missing(maxLevel);
    return missing.isEmpty()
        ? Conditions.of(
            Conditions.LEVELS_INSTALLED, true, "Installed", "every level asked for is installed")
        : Conditions.of(
            Conditions.LEVELS_INSTALLED,
            false,
            "NotInstalled",
            "respond.maxLevel %d includes level %s, and Heapwarden is installed with levels %s: those steps are refused"
                .formatted(
                    maxLevel,
                    missing.stream().map(Object::toString).collect(Collectors.joining(", ")),
                    levels));
  }

  private static Condition breakerClosed(Optional<String> whyOpen) {
    return whyOpen
        .map(why -> Conditions.of(Conditions.BREAKER_CLOSED, false, "DidNotHelp", bounded(why)))
        .orElseGet(
            () ->
                Conditions.of(
                    Conditions.BREAKER_CLOSED, true, "Closed", "what is allowed may be done"));
  }

  /** Why a policy that somebody deleted is still there; none of one that nobody deleted. */
  private static Optional<Condition> undone(MemoryPolicy policy, List<String> holders) {
    return policy.isMarkedForDeletion() && !holders.isEmpty()
        ? Optional.of(
            Conditions.of(
                Conditions.UNDONE,
                false,
                "IncidentsHeld",
                "it goes once what was done about these incidents is undone: " + named(holders)))
        : Optional.empty();
  }

  private static String named(List<String> all) {
    var names = String.join(", ", all.subList(0, Math.min(NAMED, all.size())));
    return all.size() <= NAMED ? names : names + " and " + (all.size() - NAMED) + " more";
  }
}
