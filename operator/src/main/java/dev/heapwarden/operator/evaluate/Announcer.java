package dev.heapwarden.operator.evaluate;

import dev.heapwarden.crds.policy.ContainerStatus;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.report.EventRecorder;
import dev.heapwarden.operator.report.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells people by Events what is new: a suspicion, a confirmation, a conflict, a broken rule or
 * schedule.
 */
final class Announcer {
  private final EventRecorder events;
  private final AssessmentBook book;

  Announcer(EventRecorder events, AssessmentBook book) {
    this.events = events;
    this.book = book;
  }

  /** To be called before the book is brought up to date. */
  void verdicts(MemoryPolicy policy, List<Pod> pods, List<WatchedContainer> containers) {
    for (var container : containers) {
      if (container.assessment() == null) {
        continue;
      }
      var before =
          book.lastVerdict(policy.getMetadata().getUid(), container.key())
              .or(() -> shown(policy.getStatus(), container.key()))
              .orElse("");
      var verdict = container.assessment().verdict();
      if (before.equals(verdict.name())) {
        continue;
      }
      reason(verdict, before)
          .ifPresent(
              reason -> {
                var sentence = verdict.evidence().sentence();
                var key = container.key();
                events.record(
                    policy, reason, "%s/%s: %s".formatted(key.pod(), key.container(), sentence));
                pods.stream()
                    .filter(pod -> pod.getMetadata().getUid().equals(key.podUid()))
                    .forEach(
                        pod ->
                            events.record(
                                pod, reason, "%s: %s".formatted(key.container(), sentence)));
              });
    }
  }

  /** What an operator before this one said. */
  private static Optional<String> shown(@Nullable MemoryPolicyStatus status, ContainerKey key) {
    return status == null
        ? Optional.empty()
        : status.watched().stream()
            .filter(line -> line.pod().equals(key.pod()))
            .filter(line -> line.container().equals(key.container()))
            .map(ContainerStatus::verdict)
            .findFirst();
  }

  void conditions(MemoryPolicy policy, MemoryPolicyStatus status) {
    var before = Conditions.in(policy.getStatus());
    var after = Conditions.in(status);
    announce(policy, before, after, Conditions.RULES_VALID, "False", Reason.RULE_INVALID);
    announce(policy, before, after, Conditions.SCHEDULES_VALID, "False", Reason.SCHEDULE_INVALID);
    announce(policy, before, after, Conditions.CONFLICTED, "True", Reason.POLICY_CONFLICTED);
    announce(
        policy, before, after, Conditions.LEVELS_INSTALLED, "False", Reason.LEVEL_NOT_INSTALLED);
    announce(policy, before, after, Conditions.BREAKER_CLOSED, "False", Reason.BREAKER_OPENED);
    announce(policy, before, after, Conditions.UNDONE, "False", Reason.DELETION_WAITS);
  }

  private void announce(
      MemoryPolicy policy,
      List<Condition> before,
      List<Condition> after,
      String type,
      String bad,
      Reason reason) {
    var old = Conditions.find(before, type);
    Conditions.find(after, type)
        .filter(condition -> condition.getStatus().equals(bad))
        .filter(condition -> !said(old, condition))
        .ifPresent(condition -> events.record(policy, reason, condition.getMessage()));
  }

  private static boolean said(Optional<Condition> old, Condition condition) {
    return old.filter(
            was ->
                was.getStatus().equals(condition.getStatus())
                    && was.getMessage().equals(condition.getMessage()))
        .isPresent();
  }

  private static Optional<Reason> reason(Verdict verdict, String before) {
    return switch (verdict) {
      case Verdict.Confirmed _ -> Optional.of(Reason.LEAK_CONFIRMED);
      case Verdict.Suspected _ ->
          before.equals("Confirmed") ? Optional.empty() : Optional.of(Reason.LEAK_SUSPECTED);
      case Verdict.Healthy _, Verdict.Inconclusive _ -> Optional.empty();
    };
  }
}
