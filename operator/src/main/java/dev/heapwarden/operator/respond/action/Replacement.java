package dev.heapwarden.operator.respond.action;

import dev.heapwarden.operator.evaluate.Owners;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;

/**
 * Whether the owner of a pod replaces it under a new name when it leaves: a ReplicaSet does, with a
 * Deployment above it or without.
 */
final class Replacement {
  private Replacement() {}

  /** Why nobody would replace it, or empty. */
  static Optional<String> whyNot(Pod pod) {
    if (Owners.isStatic(pod)) {
      return Optional.of(
          "OwnerCannotReplace: the kubelet of node %s runs it from a file, whatever its labels say"
              .formatted(pod.getSpec().getNodeName()));
    }
    return Owners.controller(pod)
        .map(Replacement::whyNot)
        .orElseGet(
            () ->
                Optional.of("OwnerCannotReplace: no controller owns it, so none would replace it"));
  }

  private static Optional<String> whyNot(OwnerReference owner) {
    var why =
        switch (owner.getKind()) {
          case "ReplicaSet" -> "";
          case "StatefulSet" -> "gives its pods fixed names: none can follow while this one lives";
          case "DaemonSet" -> "runs one pod per node: a second one would stand beside this one";
          case "Job" -> "counts on this pod to end: another one would do its work again";
          default -> "is not known to replace a pod under a new name";
        };
    return why.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "OwnerCannotReplace: %s %s %s".formatted(owner.getKind(), owner.getName(), why));
  }
}
