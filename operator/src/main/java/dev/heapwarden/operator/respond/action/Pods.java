package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.Api;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What is asked of pods. */
final class Pods {
  private Pods() {}

  /** This very pod, unless it is on its way out. */
  static Optional<Pod> find(KubernetesClient client, String namespace, String name, String uid) {
    return Optional.ofNullable(client.pods().inNamespace(namespace).withName(name).get())
        .filter(found -> found.getMetadata().getUid().equals(uid))
        .filter(found -> found.getMetadata().getDeletionTimestamp() == null);
  }

  /** Whether there is one of this name that is not on its way out. */
  static boolean isThere(KubernetesClient client, String namespace, String name) {
    var pod = client.pods().inNamespace(namespace).withName(name).get();
    return pod != null && pod.getMetadata().getDeletionTimestamp() == null;
  }

  /** Ready, and neither isolated nor on its way out. */
  static boolean serves(Pod pod) {
    return isReady(pod) && pod.getMetadata().getDeletionTimestamp() == null && !isIsolated(pod);
  }

  static boolean isIsolated(Pod pod) {
    var labels = pod.getMetadata().getLabels();
    return labels != null && labels.containsKey(Api.QUARANTINE_LABEL);
  }

  static boolean isReady(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getConditions() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  /** The ready pods of the set, newest first. */
  static List<Pod> readyOf(KubernetesClient client, ReplicaSet set) {
    return ready(client, set.getMetadata().getNamespace(), set.getSpec().getSelector());
  }

  /**
   * The ready pods that are selected and not isolated, newest first. Read from the pods themselves:
   * what a controller counted may still include one that just left.
   */
  static List<Pod> ready(KubernetesClient client, String namespace, LabelSelector selector) {
    return client
        .pods()
        .inNamespace(namespace)
        .withLabelSelector(selector)
        .list()
        .getItems()
        .stream()
        .filter(Pods::serves)
        .sorted(
            Comparator.comparing((Pod pod) -> pod.getMetadata().getCreationTimestamp()).reversed())
        .toList();
  }
}
