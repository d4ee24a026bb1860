package dev.heapwarden.operator.respond.guard;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a pod may leave its Services without hurting availability. A budget's status alone is not
 * trusted: it follows the pods only after a while, so it must agree with the pods that are ready.
 */
public final class Disruption {
  private Disruption() {}

  /**
   * A budget that selects the pod, and what is alive of what it protects.
   *
   * @param otherReady names of the ready pods that it selects, without those that go and without
   *     isolated ones
   * @param scale how many pods the pod's owner wants
   */
  public record Protection(PodDisruptionBudget budget, Set<String> otherReady, int scale) {
    private Optional<String> forbids() {
      var status = budget.getStatus();
      if (status == null || !isCurrent(status)) {
        return because("has no status of its present version");
      }
      Integer allowed = status.getDisruptionsAllowed();
      if (allowed == null || allowed < 1) {
        return because("allows no disruption now");
      }
      int desired = desiredHealthy(status);
      long left = otherReady.stream().filter(pod -> !isBeingEvicted(status, pod)).count();
      return left < desired
          ? because("wants %d ready pods; %d would be left".formatted(desired, left))
          : Optional.empty();
    }

    /** Whatever its status says of now: a rollout takes its time. */
    private Optional<String> forbidsToKeepOnly(int kept) {
      int desired = desiredHealthy(budget.getStatus());
      int left = otherReady.size() + kept;
      return left < desired
          ? because("wants %d ready pods; %d would be left".formatted(desired, left))
          : Optional.empty();
    }

    private Optional<String> because(String reason) {
      return Optional.of(
          "PodDisruptionBudget %s %s".formatted(budget.getMetadata().getName(), reason));
    }

    private boolean isCurrent(PodDisruptionBudgetStatus status) {
      Long observed = status.getObservedGeneration();
      return observed != null && Objects.equals(observed, budget.getMetadata().getGeneration());
    }

    private static boolean isBeingEvicted(PodDisruptionBudgetStatus status, String pod) {
      var evicted = status.getDisruptedPods();
      return evicted != null && evicted.containsKey(pod);
    }

    /** Kubernetes 1.35 pkg/controller/disruption/disruption.go, getExpectedPodCount. */
    private int desiredHealthy(@Nullable PodDisruptionBudgetStatus status) {
      Integer counted = status == null ? null : status.getExpectedPods();
      // What the controller counted may be older than the owner's last scaling.
      int expected = Math.max(counted == null ? 0 : counted, scale);
      var spec = budget.getSpec();
      if (spec.getMaxUnavailable() != null) {
        return Math.max(0, expected - scaled(spec.getMaxUnavailable(), expected));
      }
      return spec.getMinAvailable() == null ? 0 : scaled(spec.getMinAvailable(), expected);
    }

    /** A percentage is rounded up, of minAvailable as of maxUnavailable. */
    private static int scaled(IntOrString value, int expected) {
      Integer count = value.getIntVal();
      if (count != null) {
        return count;
      }
      var percentage = value.getStrVal();
      long percent = Long.parseLong(percentage.substring(0, percentage.length() - 1));
      return Math.toIntExact(Math.ceilDiv(percent * expected, 100L));
    }
  }

  /** Why not now, or empty. All budgets that select the pod must let it go. */
  public static Optional<String> forbiddenBy(List<Protection> protections) {
    return protections.stream().flatMap(p -> p.forbids().stream()).sorted().findFirst();
  }

  /**
   * Why a rollout must not leave only so many pods of its own at a time, or empty.
   *
   * @param protections of its pods; {@link Protection#otherReady} without them
   * @param kept that stay ready, of those it wants
   */
  public static Optional<String> rolloutForbiddenBy(List<Protection> protections, int kept) {
    return protections.stream()
        .flatMap(p -> p.forbidsToKeepOnly(kept).stream())
        .sorted()
        .findFirst()
        .or(() -> kept < 1 ? Optional.of("none would be left") : Optional.empty());
  }

  /**
   * Why isolating this pod would leave nobody serving, or empty.
   *
   * @param otherReady ready pods of its ReplicaSet, itself excluded
   */
  public static Optional<String> lastReady(boolean podReady, int otherReady) {
    return podReady && otherReady < 1
        ? Optional.of("LastReadyReplica: no other pod of its ReplicaSet is ready")
        : Optional.empty();
  }
}
