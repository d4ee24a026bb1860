package dev.heapwarden.probes.target;

import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.watch.Changes;
import dev.heapwarden.crds.watch.Informers;
import dev.heapwarden.crds.watch.WatchedNamespaces;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;

/** What the API server says of this node: its pods, and the policies, of the watched namespaces. */
public final class NodeView implements AutoCloseable {
  private final Informers<Pod> pods;
  private final Informers<MemoryPolicy> policies;

  /**
   * Starts watching.
   *
   * @param onChange called whenever a pod or policy may have changed; must return at once
   */
  public NodeView(
      KubernetesClient client, WatchedNamespaces namespaces, String nodeName, Runnable onChange) {
    pods =
        Informers.start(
            namespaces.of(client.pods()).stream()
                .map(pods -> pods.withField("spec.nodeName", nodeName))
                .toList(),
            new Changes<>(onChange));
    policies =
        Informers.start(
            namespaces.of(client.resources(MemoryPolicy.class)), new Changes<>(onChange));
  }

  /** Whether both lists have been read at least once. */
  public boolean synced() {
    return pods.synced() && policies.synced();
  }

  /** Whether both are still being watched. */
  public boolean alive() {
    return pods.alive() && policies.alive();
  }

  public List<WatchedContainer> watched() {
    return Selection.watched(pods.list(), policies.list());
  }

  public Optional<Pod> pod(String namespace, String name) {
    return pods.get(namespace, name);
  }

  @Override
  public void close() {
    pods.close();
    policies.close();
  }
}
