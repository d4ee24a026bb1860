package dev.heapwarden.e2e.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

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
  private final Runnable remove;

  private Cluster(String kubeconfig, Runnable remove) {
    this.kubeconfig = kubeconfig;
    this.client =
        new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig)).build();
    this.remove = remove;
  }

  /** Returns when the node is ready and has the images: after about 15 s if all is built. */
  public static Cluster start() {
    var given = System.getenv("HEAPWARDEN_KUBECONFIG");
    return given == null || given.isEmpty() ? startOwn() : use(Path.of(given));
  }

  /** One that runs already; closing it leaves it running. */
  static Cluster use(Path kubeconfig) {
    try {
      return new Cluster(Files.readString(kubeconfig), () -> {});
    } catch (IOException e) {
      throw new UncheckedIOException("the kubeconfig " + kubeconfig + " cannot be read", e);
    }
  }

  private static Cluster startOwn() {
    var pid = Long.toString(ProcessHandle.current().pid());
    var owner = Scripts.run(Map.of(), "guard", pid);
    var setup = Setup.make(Map.of("HEAPWARDEN_OWNER", pid));
    var container = Node.container(setup, Map.of(OWNER_LABEL, owner));
    try {
      container.start();
      Node.prepare(container.getContainerId());
      return new Cluster(container.getKubeConfigYaml(), container::stop);
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

  @Override
  public void close() {
    client.close();
    remove.run();
  }
}
