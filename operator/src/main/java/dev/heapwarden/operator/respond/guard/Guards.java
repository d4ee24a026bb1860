package dev.heapwarden.operator.respond.guard;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.operator.respond.guard.Ruling.Cause;
import dev.heapwarden.operator.respond.guard.Ruling.Go;
import dev.heapwarden.operator.respond.guard.Ruling.Hold;
import dev.heapwarden.operator.respond.guard.Ruling.PlanOnly;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Ledger;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The guards before an action, in one place. Disruption is the action's own: it needs the pods. */
public final class Guards {
  private static final Duration PEOPLE = Duration.ofMinutes(1);

  /** A policy has no limit of its own for it. */
  private static final int UNLIMITED = Integer.MAX_VALUE;

  private Guards() {}

  /**
   * All guards but those of the installation, the first that holds speaks.
   *
   * @param all incidents of the namespace, this one included
   */
  public static Ruling rule(
      ActionKind kind,
      LeakIncident incident,
      MemoryPolicy policy,
      List<LeakIncident> all,
      Instant now) {
    return first(
        List.of(
            () -> standing(kind, incident, policy, all, now),
            () -> cooldown(incident, policy.getSpec().respond(), all, now),
            () -> quota(kind, incident, policy, all, now)));
  }

  /**
   * What people say, whether more may be tried, what the evidence shows, and the time: these hold
   * even for an action whose intent is already written, since that may have been held back for
   * long.
   *
   * @param all incidents of the namespace
   */
  public static Ruling standing(
      ActionKind kind,
      LeakIncident incident,
      MemoryPolicy policy,
      List<LeakIncident> all,
      Instant now) {
    var spec = policy.getSpec();
    return first(
        List.of(
            () -> people(kind, incident, spec.respond(), now),
            () -> breaker(kind, policy, all, now),
            () -> Evidence.ruling(kind, incident, spec.observe(), now),
            () ->
                MaintenanceWindows.ruling(spec.respond().maintenanceWindows(), kind.level(), now)));
  }

  private static Ruling first(List<Supplier<Ruling>> guards) {
    return guards.stream()
        .map(Supplier::get)
        .filter(ruling -> !(ruling instanceof Go))
        .findFirst()
        .orElseGet(Go::new);
  }

  static Ruling people(ActionKind kind, LeakIncident incident, Respond respond, Instant now) {
    var answer = incident.getSpec().response();
    if (answer.suspend()) {
      return new Hold(Cause.MODE, "Suspended: spec.response.suspend is true", PEOPLE);
    }
    return switch (respond.mode()) {
      case OBSERVE -> new Hold(Cause.MODE, "mode Observe: the policy lets nothing be done", PEOPLE);
      case DRY_RUN -> new PlanOnly();
      case APPROVE ->
          Approval.missing(kind.level(), incident, Durations.parse(respond.approvalTtl()), now)
              .<Ruling>map(why -> new Hold(Cause.APPROVAL, why, PEOPLE))
              .orElseGet(Go::new);
      case ENFORCE -> new Go();
    };
  }

  /** Diagnosis goes on: it shows why nothing helps. */
  private static Ruling breaker(
      ActionKind kind, MemoryPolicy policy, List<LeakIncident> all, Instant now) {
    return Optional.of(kind)
        .filter(ActionKind::changesWorkload)
        .flatMap(_ -> Breaker.whyOpen(policy, all, now))
        .<Ruling>map(why -> new Hold(Cause.GUARD, "CircuitBreaker: " + why, PEOPLE))
        .orElseGet(Go::new);
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

  private static Ruling quota(
      ActionKind kind,
      LeakIncident incident,
      MemoryPolicy policy,
      List<LeakIncident> all,
      Instant now) {
    var name = incident.getSpec().target().policy();
    var ofPolicy =
        all.stream().filter(other -> other.getSpec().target().policy().equals(name)).toList();
    var limits = policy.getSpec().respond().limits();
    return new Quota(limits.actionsPerHour(), UNLIMITED, limits.concurrentIsolations())
        .ruling(kind, incident, "", new Ledger(ofPolicy, List.of(policy)), now);
  }

  private static boolean sameWorkload(LeakIncident other, LeakIncident incident) {
    return other.getSpec().target().uid().equals(incident.getSpec().target().uid());
  }

  private static boolean sameIncident(LeakIncident other, LeakIncident incident) {
    return other.getMetadata().getName().equals(incident.getMetadata().getName());
  }

  private static Optional<Instant> endOf(LeakIncident incident) {
    var status = incident.getStatus();
    if (status == null) {
      return Optional.empty();
    }
    return Optional.ofNullable(status.endedAt()).map(Instant::parse);
  }
}
