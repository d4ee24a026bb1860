package dev.heapwarden.e2e.respond;

import dev.heapwarden.e2e.OwnGroup;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.e2e.scenario.Helm;
import dev.heapwarden.e2e.scenario.Kubectl;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A release of the chart for one namespace only; other tests go on in theirs meanwhile.
 *
 * @param watched the namespace that it is for; it is installed in {@code WATCHED-system}
 * @param chart the chart with CRDs of a group of its own: Helm installs them only where there are
 *     none, and there are those of the other tests
 */
record HelmRelease(Cluster cluster, String watched, Path chart, OwnGroup group)
    implements AutoCloseable {
  private static final String NAME = "heapwarden";
  private static final Path ROOT = Path.of(System.getProperty("heapwarden.root"));
  private static final Path CHART = ROOT.resolve("manifests/chart");

  /**
   * @param directory an empty one, for the chart
   */
  static HelmRelease of(Cluster cluster, String watched, Path directory) throws IOException {
    var group = new OwnGroup(watched + ".test.heapwarden.dev");
    var crds = CHART.resolve("crds");
    try (var files = Files.walk(CHART)) {
      for (var file : files.skip(1).toList()) {
        if (file.startsWith(crds) && Files.isRegularFile(file)) {
          group.copy(file, directory.resolve("crds"));
        } else {
          Files.copy(file, directory.resolve(CHART.relativize(file)));
        }
      }
    }
    var release = new HelmRelease(cluster, watched, directory, group);
    // How CRDs are upgraded: Helm only installs them.
    release
        .kubectl()
        .run("apply", "--server-side", "--force-conflicts", "--filename", crds.toString());
    return release;
  }

  String namespace() {
    return watched + "-system";
  }

  KubernetesClient client() {
    return cluster.client();
  }

  Kubectl kubectl() {
    return Kubectl.with(cluster.kubeconfig());
  }

  void install(String... more) {
    helm(
        chart(
            "install",
            Stream.concat(Stream.of("--create-namespace"), Stream.of(more))
                .toArray(String[]::new)));
  }

  void upgrade(String... more) {
    helm(chart("upgrade", more));
  }

  void uninstall() {
    helm("uninstall", NAME, "--wait", "--timeout", "2m");
  }

  private String[] chart(String command, String... more) {
    var arguments = new ArrayList<>(List.of(command, NAME, chart.toString()));
    arguments.addAll(
        List.of("--set", "watchNamespaces={" + watched + "}", "--wait", "--timeout", "2m"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private String helm(String... arguments) {
    var command = new ArrayList<>(List.of(arguments));
    command.addAll(
        List.of("--namespace", namespace(), "--kubeconfig", kubectl().kubeconfig().toString()));
    return new Helm(ROOT.resolve("e2e/helm")).run(command.toArray(String[]::new));
  }

  @Override
  public void close() {
    if (helm("list", "--short").lines().anyMatch(NAME::equals)) {
      helm("uninstall", NAME, "--no-hooks");
    }
    group.delete(client());
    client().namespaces().withName(namespace()).delete();
    client().namespaces().withName(watched).delete();
  }
}
