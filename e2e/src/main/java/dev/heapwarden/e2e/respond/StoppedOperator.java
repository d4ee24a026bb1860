package dev.heapwarden.e2e.respond;

import dev.heapwarden.e2e.scenario.Installation;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A cluster that knows the resources and where no operator answers for them: one that is installed
 * has no pods until this is closed.
 */
final class StoppedOperator implements AutoCloseable {
  private static final Path CRDS =
      Path.of(System.getProperty("heapwarden.root"), "manifests/chart/crds");

  private final KubernetesClient client;
  private final int replicas;

  private StoppedOperator(KubernetesClient client, int replicas) {
    this.client = client;
    this.replicas = replicas;
  }

  static StoppedOperator in(KubernetesClient client) throws IOException {
    for (var crd : List.of("memorypolicies", "leakincidents", "memorysnapshots")) {
      try (var yaml = Files.newInputStream(CRDS.resolve(crd + ".yaml"))) {
        client.load(yaml).items().forEach(new Installation(client)::apply);
      }
    }
    var stopped = new StoppedOperator(client, scale(client, 0));
    Shop.within(Shop.SOON).until(() -> noneRuns(client));
    return stopped;
  }

  private static boolean noneRuns(KubernetesClient client) {
    return client
        .pods()
        .inNamespace(Installation.NAMESPACE)
        .withLabel("app.kubernetes.io/component", "operator")
        .list()
        .getItems()
        .isEmpty();
  }

  /** Returns how many there were; none where it is not installed. */
  private static int scale(KubernetesClient client, int replicas) {
    var operator =
        client
            .apps()
            .deployments()
            .inNamespace(Installation.NAMESPACE)
            .withName(Installation.OPERATOR);
    var found = operator.get();
    if (found == null) {
      return 0;
    }
    operator.scale(replicas);
    return found.getSpec().getReplicas();
  }

  @Override
  public void close() {
    scale(client, replicas);
  }
}
