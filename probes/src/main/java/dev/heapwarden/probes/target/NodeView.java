package dev.heapwarden.probes.target;

import dev.heapwarden.crds.policy.MemoryPolicy;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Optional;

/** What the API server says of this node: its pods, and the policies of all namespaces. */
public final class NodeView implements AutoCloseable {
  private static final long NO_RESYNC = 0;

  private final SharedIndexInformer<Pod> pods;
  private final SharedIndexInformer<MemoryPolicy> policies;

  /**
   * Starts watching.
   *
   * @param onChange called whenever a pod or policy may have changed; must return at once
   */
  public NodeView(KubernetesClient client, String nodeName, Runnable onChange) {
    pods =
        client
            .pods()
            .inAnyNamespace()
            .withField("spec.nodeName", nodeName)
            .runnableInformer(NO_RESYNC);
    policies = client.resources(MemoryPolicy.class).inAnyNamespace().runnableInformer(NO_RESYNC);
    pods.addEventHandler(new Changes<>(onChange));
    policies.addEventHandler(new Changes<>(onChange));
    pods.exceptionHandler((started, failure) -> true);
    policies.exceptionHandler((started, failure) -> true);
    pods.start();
    policies.start();
  }

  /** Whether both lists have been read at least once. */
  public boolean synced() {
    return pods.hasSynced() && policies.hasSynced();
  }

  /** Whether both informers are still trying. */
  public boolean alive() {
    return pods.isRunning() && policies.isRunning();
  }

  public List<WatchedContainer> watched() {
    return Selection.watched(pods.getStore().list(), policies.getStore().list());
  }

  public Optional<Pod> pod(String namespace, String name) {
    return pods.getStore().list().stream()
        .filter(
            pod ->
                pod.getMetadata().getNamespace().equals(namespace)
                    && pod.getMetadata().getName().equals(name))
        .findFirst();
  }

  @Override
  public void close() {
    pods.stop();
    policies.stop();
  }

  private record Changes<T>(Runnable onChange) implements ResourceEventHandler<T> {
    @Override
    public void onAdd(T added) {
      onChange.run();
    }

    @Override
    public void onUpdate(T before, T after) {
      onChange.run();
    }

    @Override
    public void onDelete(T deleted, boolean finalStateUnknown) {
      onChange.run();
    }
  }
}
