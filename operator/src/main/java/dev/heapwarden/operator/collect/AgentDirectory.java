package dev.heapwarden.operator.collect;

import dev.heapwarden.crds.AgentAccess;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The agents that run now, by an informer on the operator's own namespace. */
public final class AgentDirectory implements AutoCloseable {
  private static final Map<String, String> LABELS =
      Map.of("app.kubernetes.io/name", "heapwarden", "app.kubernetes.io/component", "agent");

  private final SharedIndexInformer<Pod> pods;

  public AgentDirectory(KubernetesClient client, String namespace) {
    pods = client.pods().inNamespace(namespace).withLabels(LABELS).inform();
  }

  /** Agents that have an address and are not being deleted. */
  public List<Agent> agents() {
    return pods.getStore().list().stream()
        .map(AgentDirectory::of)
        .flatMap(Optional::stream)
        .toList();
  }

  public boolean synced() {
    return pods.hasSynced() && pods.isWatching();
  }

  /** Whether it still tries to see them. */
  public boolean alive() {
    return pods.isRunning();
  }

  @Override
  public void close() {
    pods.close();
  }

  static Optional<Agent> of(Pod pod) {
    var status = pod.getStatus();
    if (pod.getMetadata().getDeletionTimestamp() != null
        || status == null
        || status.getPodIP() == null
        || pod.getSpec().getNodeName() == null) {
      return Optional.empty();
    }
    var ip = status.getPodIP();
    var host = ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip;
    return Optional.of(
        new Agent(
            pod.getMetadata().getName(),
            pod.getMetadata().getUid(),
            pod.getSpec().getNodeName(),
            URI.create("https://" + host + ":" + AgentAccess.PORT)));
  }
}
