package dev.heapwarden.operator.respond.action;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Comparator;
import java.util.List;

/** What is asked of pods. */
final class Pods {
  private Pods() {}

  static boolean isReady(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getConditions() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  /**
   * The ready pods of the set, newest first. Read from the pods themselves: the set's own count may
   * still include one that just left.
   */
  static List<Pod> readyOf(KubernetesClient client, ReplicaSet set) {
    return client
        .pods()
        .inNamespace(set.getMetadata().getNamespace())
        .withLabelSelector(set.getSpec().getSelector())
        .list()
        .getItems()
        .stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .filter(Pods::isReady)
        .sorted(
            Comparator.comparing((Pod pod) -> pod.getMetadata().getCreationTimestamp()).reversed())
        .toList();
  }
}
