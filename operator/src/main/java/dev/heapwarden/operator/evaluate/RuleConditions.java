package dev.heapwarden.operator.evaluate;

import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.detection.verdict.Verdict.Inconclusive.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;

/**
 * Whether a policy's rules can be asked: they compile, and every container sends what they need.
 */
final class RuleConditions {
  private RuleConditions() {}

  static Condition valid(PolicyRules rules) {
    return switch (rules) {
      case PolicyRules.Valid _ ->
          Conditions.of(Conditions.RULES_VALID, true, "Compiled", "every rule compiles");
      case PolicyRules.Invalid invalid ->
          Conditions.of(Conditions.RULES_VALID, false, "RuleInvalid", invalid.message());
    };
  }

  static Condition signalsSeen(List<WatchedContainer> containers) {
    var without = containers.stream().filter(RuleConditions::misses).toList();
    if (without.isEmpty()) {
      return Conditions.of(
          Conditions.SIGNALS_SEEN, true, "Seen", "no verdict waits for a signal that never came");
    }
    var first = without.getFirst();
    return Conditions.of(
        Conditions.SIGNALS_SEEN,
        false,
        "MissingSignal",
        "%d of %d containers cannot be judged; %s: %s"
            .formatted(
                without.size(),
                containers.size(),
                first.key().pod(),
                ContainerLine.message(first)));
  }

  private static boolean misses(WatchedContainer container) {
    return container.assessment() != null
        && container.assessment().verdict() instanceof Verdict.Inconclusive inconclusive
        && inconclusive.reason() == Reason.MISSING_SIGNAL;
  }
}
