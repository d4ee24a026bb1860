package dev.heapwarden.operator.respond.action;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import org.jspecify.annotations.Nullable;

/** How far a Deployment's rollout is, as {@code kubectl rollout status} reads it. */
final class Rollout {
  private Rollout() {}

  static Seen of(Deployment deployment) {
    var status = deployment.getStatus();
    int wanted = replicas(deployment);
    if (status == null
        || status.getObservedGeneration() == null
        || status.getObservedGeneration() < deployment.getMetadata().getGeneration()) {
      return new Seen.NotYet("the rollout has not begun");
    }
    boolean stuck =
        status.getConditions() != null
            && status.getConditions().stream()
                .anyMatch(
                    condition ->
                        condition.getType().equals("Progressing")
                            && "ProgressDeadlineExceeded".equals(condition.getReason()));
    if (stuck) {
      return new Seen.Failed("ProgressDeadlineExceeded: the new pods do not become ready");
    }
    int updated = orZero(status.getUpdatedReplicas());
    int all = orZero(status.getReplicas());
    int available = orZero(status.getAvailableReplicas());
    if (updated < wanted || all > updated || available < wanted) {
      return new Seen.NotYet(
          "rollout: %d of %d pods new, %d available, %d old"
              .formatted(updated, wanted, available, all - updated));
    }
    return new Seen.Done("%d of %d pods are new and available".formatted(available, wanted));
  }

  static int replicas(Deployment deployment) {
    Integer replicas = deployment.getSpec().getReplicas();
    return replicas == null ? 1 : replicas;
  }

  static int replicas(ReplicaSet set) {
    Integer replicas = set.getSpec().getReplicas();
    return replicas == null ? 1 : replicas;
  }

  private static int orZero(@Nullable Integer count) {
    return count == null ? 0 : count;
  }
}
