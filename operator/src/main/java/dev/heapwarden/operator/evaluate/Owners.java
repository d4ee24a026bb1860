package dev.heapwarden.operator.evaluate;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;

/** Who made an object, and makes it again. */
public final class Owners {
  /** On the API's image of a pod that the kubelet runs from a file (Kubernetes 1.35 core/v1). */
  private static final String MIRROR = "kubernetes.io/config.mirror";

  private Owners() {}

  /** Of its owners the one that controls it. */
  public static Optional<OwnerReference> controller(HasMetadata owned) {
    return owned.getMetadata().getOwnerReferences().stream()
        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
        .findFirst();
  }

  /**
   * True for a pod that a kubelet runs from a file of its node; its owner is said to be the node.
   */
  public static boolean isStatic(Pod pod) {
    var annotations = pod.getMetadata().getAnnotations();
    return annotations != null && annotations.containsKey(MIRROR);
  }
}
