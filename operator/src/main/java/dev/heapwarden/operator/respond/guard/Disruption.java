package dev.heapwarden.operator.respond.guard;

import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.List;
import java.util.Optional;

/** Whether a pod may leave its Services without hurting availability. */
public final class Disruption {
  private Disruption() {}

  /**
   * Why not now, or empty.
   *
   * @param budgets those whose selector matches the pod
   */
  public static Optional<String> forbiddenBy(List<PodDisruptionBudget> budgets) {
    return budgets.stream()
        .filter(budget -> allowed(budget) < 1)
        .map(
            budget ->
                "PodDisruptionBudget %s allows no disruption now"
                    .formatted(budget.getMetadata().getName()))
        .sorted()
        .findFirst();
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

  /** What a budget said of an older version of itself counts for nothing. */
  private static int allowed(PodDisruptionBudget budget) {
    var status = budget.getStatus();
    if (status == null || status.getDisruptionsAllowed() == null) {
      return 0;
    }
    Long generation = budget.getMetadata().getGeneration();
    Long observed = status.getObservedGeneration();
    boolean stale = generation != null && (observed == null || observed < generation);
    return stale ? 0 : status.getDisruptionsAllowed();
  }
}
