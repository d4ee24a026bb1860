package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.Api;
import dev.heapwarden.probes.gclog.PodLogs;
import dev.heapwarden.probes.target.NodeView;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The pods of this node as they are watched, and others as the API server tells when asked.
 *
 * @param logs of the node's containers; empty where the agent is not given them
 */
public record ClusterPods(KubernetesClient client, NodeView node, Optional<PodLogs> logs)
    implements PodView {
  /** Of one owner, or, where no label says which they are, of its namespace. */
  private static final long LOOKED_AT = 500;

  private static final String TEMPLATE = "pod-template-hash";

  @Override
  public Optional<Pod> find(String namespace, String name) {
    return node.pod(namespace, name);
  }

  @Override
  public boolean isServedWithout(Pod pod) {
    return isServedWithout(client, pod);
  }

  static boolean isServedWithout(KubernetesClient client, Pod pod) {
    var owner = controller(pod);
    try {
      return owner.isPresent()
          && client
              .pods()
              .inNamespace(pod.getMetadata().getNamespace())
              .withLabels(template(pod))
              .list(new ListOptionsBuilder().withLimit(LOOKED_AT).build())
              .getItems()
              .stream()
              .filter(other -> !other.getMetadata().getUid().equals(pod.getMetadata().getUid()))
              .filter(other -> controller(other).equals(owner))
              .anyMatch(ClusterPods::serves);
    } catch (KubernetesClientException _) {
      return false;
    }
  }

  private static Optional<String> controller(Pod pod) {
    return Stream.ofNullable(pod.getMetadata().getOwnerReferences())
        .flatMap(references -> references.stream())
        .filter(reference -> Boolean.TRUE.equals(reference.getController()))
        // Another pod of a StatefulSet or a DaemonSet does not serve in its place.
        .filter(reference -> reference.getKind().equals("ReplicaSet"))
        .map(OwnerReference::getUid)
        .findFirst();
  }

  private static Map<String, String> template(Pod pod) {
    var labels = pod.getMetadata().getLabels();
    var hash = labels == null ? null : labels.get(TEMPLATE);
    return hash == null ? Map.of() : Map.of(TEMPLATE, hash);
  }

  private static boolean serves(Pod pod) {
    var labels = pod.getMetadata().getLabels();
    return pod.getMetadata().getDeletionTimestamp() == null
        && (labels == null || !labels.containsKey(Api.QUARANTINE_LABEL))
        && pod.getStatus() != null
        && pod.getStatus().getConditions() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(
                condition ->
                    condition.getType().equals("Ready") && condition.getStatus().equals("True"));
  }
}
