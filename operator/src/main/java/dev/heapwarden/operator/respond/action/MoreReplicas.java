package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.policy.Scale;

/**
 * How replicas would be added.
 *
 * @param number that is raised
 * @param object in which it stands, such as deployment/checkout
 * @param now replicas that there are, or are about to be
 * @param to what the number is set to
 * @param bounds that are never exceeded, for people
 */
record MoreReplicas(ReplicaNumber number, String object, int now, int to, String bounds) {
  static MoreReplicas scaled(Scale scale, Replicas replicas) {
    int now = replicas.count();
    return new MoreReplicas(
        replicas,
        "deployment/" + replicas.object().getMetadata().getName(),
        now,
        Math.min(now + scale.add(), scale.max()),
        "the policy's max is %d".formatted(scale.max()));
  }

  /**
   * Through the autoscaler that decides.
   *
   * @param replicas of the Deployment, to which a higher load may have led
   */
  static MoreReplicas autoscaled(Scale scale, MinReplicas autoscaler, int replicas) {
    int now = Math.max(replicas, autoscaler.count());
    return new MoreReplicas(
        autoscaler,
        "horizontalpodautoscaler/" + autoscaler.name(),
        now,
        Math.min(now + scale.add(), Math.min(scale.max(), autoscaler.max())),
        "the policy's max is %d, the HorizontalPodAutoscaler's %d"
            .formatted(scale.max(), autoscaler.max()));
  }

  boolean isNone() {
    return to <= now;
  }

  String whyNone() {
    return "MaxReached: %d replicas, and %s".formatted(now, bounds);
  }

  String message() {
    return number instanceof MinReplicas
        ? "raise minReplicas from %d to %d, where there are %d replicas"
            .formatted(number.count(), to, now)
        : "scale from %d to %d replicas".formatted(now, to);
  }

  String patch() {
    return (number instanceof MinReplicas
            ? """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            """
            : """
            apiVersion: autoscaling/v1
            kind: Scale
            """)
        + """
        metadata:
          name: %s
        spec:
          %s: %d
        """
            .formatted(number.object().getMetadata().getName(), number.field(), to);
  }
}
