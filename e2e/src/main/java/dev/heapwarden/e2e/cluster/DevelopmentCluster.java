package dev.heapwarden.e2e.cluster;

import com.github.dockerjava.api.model.Container;
import dev.heapwarden.e2e.scenario.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The one cluster that is kept from run to run while developing. */
final class DevelopmentCluster {
  private static final String LABEL = "dev.heapwarden.cluster";
  private static final String VALUE = "dev";
  private static final Pattern PRODUCT = Pattern.compile("heapwarden-(operator|agent)-");

  private DevelopmentCluster() {}

  static Path kubeconfig() {
    return Scripts.cache().resolve("dev").resolve("kubeconfig");
  }

  /** Starts it, or brings the changed images into the one that runs, and into what runs there. */
  static String up() {
    var setup = Setup.make(Map.of());
    var running = running();
    if (running.isPresent() && running.get().getImage().equals(setup.nodeImage())) {
      var imported = Node.importChanged(running.get().getId());
      if (imported.lines().anyMatch(archive -> PRODUCT.matcher(archive).lookingAt())) {
        replacePods();
      }
      return imported.isEmpty() ? "runs" : "runs; imported " + imported.replace("\n", ", ");
    }
    Node.removeAll(LABEL, VALUE);
    // Reusable in the words of Testcontainers: it does not end with this process.
    var container = Node.container(setup, Map.of(LABEL, VALUE)).withReuse(true);
    container.start();
    Node.prepare(container.getContainerId());
    write(container.getKubeConfigYaml());
    return "started";
  }

  /** Removes it. The engine stays; {@code e2e/cluster} sees to that. */
  static String down() {
    int removed = engineAnswers() ? Node.removeAll(LABEL, VALUE) : 0;
    try {
      Files.deleteIfExists(kubeconfig());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return removed == 0 ? "was not running" : "removed";
  }

  static Optional<Container> running() {
    return engineAnswers() ? Node.running(LABEL, VALUE).stream().findFirst() : Optional.empty();
  }

  /** Heapwarden's own: those that take their place run the images of now. */
  private static void replacePods() {
    try (var cluster = Cluster.use(kubeconfig())) {
      cluster.client().pods().inNamespace(Installation.NAMESPACE).delete();
    }
  }

  private static boolean engineAnswers() {
    try {
      Scripts.run(Map.of(), "engine", "host");
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private static void write(String yaml) {
    try {
      Files.createDirectories(kubeconfig().getParent());
      Files.deleteIfExists(kubeconfig());
      // It holds the administrator's key.
      Files.createFile(
          kubeconfig(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(kubeconfig(), yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
