package dev.heapwarden.operator.evaluate;

import dev.heapwarden.crds.policy.MemoryPolicyStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Conditions whose {@code lastTransitionTime} only moves when their status does. */
final class Conditions {
  static final String READY = "Ready";
  static final String RULES_VALID = "RulesValid";
  static final String SIGNALS_SEEN = "SignalsSeen";
  static final String CONFLICTED = "Conflicted";
  static final String SCHEDULES_VALID = "SchedulesValid";
  static final String HEALTH_SNAPSHOTS_ORDERED = "HealthSnapshotsOrdered";
  static final String LEVELS_INSTALLED = "LevelsInstalled";
  static final String BREAKER_CLOSED = "BreakerClosed";

  /** Of a policy that is deleted. */
  static final String UNDONE = "Undone";

  private Conditions() {}

  static Condition of(String type, boolean status, String reason, String message) {
    return new ConditionBuilder()
        .withType(type)
        .withStatus(status ? "True" : "False")
        .withReason(reason)
        .withMessage(message)
        .build();
  }

  /** Those of a status; none where there is no status yet. */
  static List<Condition> in(@Nullable MemoryPolicyStatus status) {
    var conditions = status == null ? null : status.conditions();
    return conditions == null ? List.of() : conditions;
  }

  static Optional<Condition> find(List<Condition> conditions, String type) {
    return conditions.stream().filter(condition -> condition.getType().equals(type)).findFirst();
  }

  /** The fresh conditions in their order, with the time of their last transition. */
  static List<Condition> settle(
      List<Condition> before, List<Condition> fresh, Long generation, Instant now) {
    return fresh.stream()
        .map(
            condition ->
                new ConditionBuilder(condition)
                    .withObservedGeneration(generation)
                    .withLastTransitionTime(
                        find(before, condition.getType())
                            .filter(old -> old.getStatus().equals(condition.getStatus()))
                            .map(Condition::getLastTransitionTime)
                            .orElse(now.truncatedTo(ChronoUnit.SECONDS).toString()))
                    .build())
        .toList();
  }
}
