package dev.heapwarden.e2e.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.testcontainers.k3s.K3sContainer;

/**
 * A Kubernetes cluster of one node, with our images in it. {@link #start()} gives a fresh one, in a
 * container that ends with {@link #close()} and, should this process be killed, with this process
 * ({@code e2e/guard}). If the environment names a HEAPWARDEN_KUBECONFIG, that cluster is used
 * instead, and never removed.
 */
public final class Cluster implements AutoCloseable {
  static final String OWNER_LABEL = "dev.heapwarden.owner";

  private final String kubeconfig;
  private final KubernetesClient client;
  private final Runnable killEtcd;
  private final Runnable remove;

  private Cluster(String kubeconfig, Runnable killEtcd, Runnable remove) {
    this.kubeconfig = kubeconfig;
    this.killEtcd = killEtcd;
    this.client =
        new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig)).build();
    this.remove = remove;
  }

  /** Returns when the node is ready and has the images: after about 15 s if all is built. */
  public static Cluster start() {
    var given = System.getenv("HEAPWARDEN_KUBECONFIG");
    return given == null || given.isEmpty() ? startOwn(_ -> {}) : use(Path.of(given));
  }

  /**
   * A fresh one, whatever the environment names, whose API server keeps an audit log.
   *
   * @param directory for {@code audit.log}; it holds the {@code policy.yaml}
   */
  public static Cluster startAudited(Path directory) {
    return startOwn(container -> Node.audit(container, directory));
  }

  /** One that runs already; closing it leaves it running. */
  static Cluster use(Path kubeconfig) {
    try {
      return new Cluster(
          Files.readString(kubeconfig),
          () -> {
            throw new IllegalStateException("the cluster is not ours");
          },
          () -> {});
    } catch (IOException e) {
      throw new UncheckedIOException("the kubeconfig " + kubeconfig + " cannot be read", e);
    }
  }

  private static Cluster startOwn(Consumer<K3sContainer> prepare) {
    var pid = Long.toString(ProcessHandle.current().pid());
    var owner = Scripts.run(Map.of(), "guard", pid);
    var setup = Setup.make(Map.of("HEAPWARDEN_OWNER", pid));
    var container = Node.container(setup, Map.of(OWNER_LABEL, owner));
    prepare.accept(container);
    try {
      container.start();
      Node.prepare(container.getContainerId());
      var id = container.getContainerId();
      return new Cluster(container.getKubeConfigYaml(), () -> Node.killEtcd(id), container::stop);
    } catch (RuntimeException e) {
      container.stop();
      throw e;
    }
  }

  /** Acts as cluster administrator. Closed with the cluster. */
  public KubernetesClient client() {
    return client;
  }

  /** The administrator's kubeconfig, as YAML. */
  public String kubeconfig() {
    return kubeconfig;
  }

  /**
   * Kills the store of its API server with SIGKILL; it comes back within moments.
   *
   * @throws IllegalStateException when the cluster is not a fresh one
   */
  public void killEtcd() {
    killEtcd.run();
  }

  @Override
  public void close() {
    client.close();
    remove.run();
  }
}
