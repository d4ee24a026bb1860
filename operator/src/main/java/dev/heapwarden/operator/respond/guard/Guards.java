package dev.heapwarden.operator.respond.guard;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicySpec;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.operator.respond.guard.Ruling.Cause;
import dev.heapwarden.operator.respond.guard.Ruling.Go;
import dev.heapwarden.operator.respond.guard.Ruling.Hold;
import dev.heapwarden.operator.respond.guard.Ruling.PlanOnly;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The guards before an action, in one place. Disruption is the action's own: it needs the pods. */
public final class Guards {
  private static final Duration PEOPLE = Duration.ofMinutes(1);

  private Guards() {}

  /**
   * All guards, the first that holds speaks.
   *
   * @param all incidents of the namespace, this one included
   */
  public static Ruling rule(
      ActionKind kind,
      LeakIncident incident,
      MemoryPolicy policy,
      List<LeakIncident> all,
      Instant now) {
    var standing = standing(kind, incident, policy.getSpec(), now);
    if (!(standing instanceof Go)) {
      return standing;
    }
    var respond = policy.getSpec().respond();
    return Stream.of(
            cooldown(incident, respond, all, now),
            budget(kind, incident, policy, all, now),
            concurrency(kind, incident, respond, all))
        .filter(ruling -> !(ruling instanceof Go))
        .findFirst()
        .orElseGet(Go::new);
  }

  /**
   * What people say, what the evidence shows, and the time: these hold even for an action whose
   * intent is already written, since that may have been held back for long.
   */
  public static Ruling standing(
      ActionKind kind, LeakIncident incident, MemoryPolicySpec policy, Instant now) {
    var people = people(kind, incident, policy.respond());
    if (!(people instanceof Go)) {
      return people;
    }
    var evidence = Evidence.ruling(kind, incident, policy.observe(), now);
    return evidence instanceof Go
        ? MaintenanceWindows.ruling(policy.respond().maintenanceWindows(), kind.level(), now)
        : evidence;
  }

  static Ruling people(ActionKind kind, LeakIncident incident, Respond respond) {
    var answer = incident.getSpec().response();
    if (answer.suspend()) {
      return new Hold(Cause.MODE, "Suspended: spec.response.suspend is true", PEOPLE);
    }
    return switch (respond.mode()) {
      case OBSERVE -> new Hold(Cause.MODE, "mode Observe: the policy lets nothing be done", PEOPLE);
      case DRY_RUN -> new PlanOnly();
      case APPROVE ->
          answer.approvedLevel() >= kind.level()
              ? new Go()
              : new Hold(
                  Cause.APPROVAL,
                  "level %d (set spec.response.approvedLevel)".formatted(kind.level()),
                  PEOPLE);
      case ENFORCE -> new Go();
    };
  }

  static Ruling cooldown(
      LeakIncident incident, Respond respond, List<LeakIncident> all, Instant now) {
    var cooldown = Durations.parse(respond.cooldown());
    return all.stream()
        .filter(other -> !sameIncident(other, incident))
        .filter(other -> sameWorkload(other, incident))
        .flatMap(other -> endOf(other).stream())
        .max(Comparator.naturalOrder())
        .map(ended -> ended.plus(cooldown))
        .filter(now::isBefore)
        .<Ruling>map(
            until ->
                Ruling.until(
                    until,
                    now,
                    "Cooldown: an earlier incident of this workload ended, next action at "
                        + until))
        .orElseGet(Go::new);
  }

  /** What the policy remembers besides is of incidents that were deleted. */
  static Ruling budget(
      ActionKind kind,
      LeakIncident incident,
      MemoryPolicy policy,
      List<LeakIncident> all,
      Instant now) {
    if (!kind.changesWorkload()) {
      return new Go();
    }
    var known =
        samePolicy(all, incident)
            .flatMap(other -> Steps.all(other.getStatus()))
            .filter(Steps::counts)
            .map(step -> spentAt(step, now));
    var spent =
        Stream.concat(known, Spending.ofDeleted(policy, all))
            .filter(at -> at.isAfter(now.minus(Spending.PERIOD)))
            .sorted()
            .toList();
    int allowed = policy.getSpec().respond().limits().actionsPerHour();
    if (spent.size() < allowed) {
      return new Go();
    }
    var free = spent.get(spent.size() - allowed).plus(Spending.PERIOD);
    return Ruling.until(
        free,
        now,
        "Budget: %d of %d actions of this hour are spent, next at %s"
            .formatted(spent.size(), allowed, free));
  }

  /** An action that is only intended will be done at any moment: it counts until it is. */
  private static Instant spentAt(Step step, Instant now) {
    return step.state() == Step.State.INTENDED
        ? Steps.actedAt(step).orElse(now)
        : Steps.actedAt(step).orElseGet(() -> Instant.parse(step.intendedAt()));
  }

  static Ruling concurrency(
      ActionKind kind, LeakIncident incident, Respond respond, List<LeakIncident> all) {
    if (kind != ActionKind.ISOLATE) {
      return new Go();
    }
    var isolated =
        samePolicy(all, incident)
            .flatMap(other -> Steps.all(other.getStatus()))
            .filter(step -> Steps.is(step, ActionKind.ISOLATE) && Steps.hasEffect(step))
            .count();
    int allowed = respond.limits().concurrentIsolations();
    return isolated < allowed
        ? new Go()
        : new Hold(
            Cause.GUARD,
            "ConcurrentIsolations: %d of %d pods are isolated".formatted(isolated, allowed),
            PEOPLE);
  }

  private static Stream<LeakIncident> samePolicy(List<LeakIncident> all, LeakIncident incident) {
    var policy = incident.getSpec().target().policy();
    return all.stream()
        .filter(other -> other.getStatus() != null)
        .filter(other -> other.getSpec().target().policy().equals(policy));
  }

  private static boolean sameWorkload(LeakIncident other, LeakIncident incident) {
    return other.getSpec().target().uid().equals(incident.getSpec().target().uid());
  }

  private static boolean sameIncident(LeakIncident other, LeakIncident incident) {
    return other.getMetadata().getName().equals(incident.getMetadata().getName());
  }

  private static java.util.Optional<Instant> endOf(LeakIncident incident) {
    var status = incident.getStatus();
    if (status == null) {
      return java.util.Optional.empty();
    }
    return java.util.Optional.ofNullable(status.endedAt()).map(Instant::parse);
  }
}
