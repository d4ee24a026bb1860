package dev.heapwarden.operator.respond.action;

import dev.heapwarden.operator.api.ApiServer;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import java.util.Set;

/** Whether the node of a pod is short of something, so that its kubelet may end pods. */
record NodePressure(KubernetesClient client) {
  /** k8s.io/api/core/v1/types.go (1.35), NodeConditionType. */
  private static final Set<String> PRESSURES =
      Set.of("MemoryPressure", "DiskPressure", "PIDPressure");

  /** What it is short of; empty where that may not be read, as without a ClusterRole. */
  Optional<String> of(Pod pod) {
    return Optional.ofNullable(pod.getSpec()).map(PodSpec::getNodeName).flatMap(this::of);
  }

  private Optional<String> of(String name) {
    try {
      return Optional.ofNullable(client.nodes().withName(name).get())
          .map(Node::getStatus)
          .flatMap(
              status ->
                  status.getConditions().stream()
                      .filter(condition -> PRESSURES.contains(condition.getType()))
                      .filter(condition -> "True".equals(condition.getStatus()))
                      .map(NodeCondition::getType)
                      .findFirst())
          .map(
              pressure ->
                  "NodePressure: node %s has %s, and what is isolated stays on it"
                      .formatted(name, pressure));
    } catch (KubernetesClientException e) {
      if (!ApiServer.isDenial(e)) {
        throw e;
      }
      return Optional.empty();
    }
  }
}
