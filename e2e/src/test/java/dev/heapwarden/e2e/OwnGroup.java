package dev.heapwarden.e2e;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An API group of a test's own, with our kinds: the CRDs that the other tests stand on are left
 * alone.
 *
 * @param name sorts after heapwarden.dev, so that kubectl finds a kind without a group there first
 */
public record OwnGroup(String name) {
  public static final String REAL = "heapwarden.dev";

  /** Copies a manifest into a directory, with the group replaced; returns the copy. */
  public Path copy(Path manifest, Path directory) throws IOException {
    Files.createDirectories(directory);
    return Files.writeString(
        directory.resolve(manifest.getFileName()), Files.readString(manifest).replace(REAL, name));
  }

  public List<CustomResourceDefinition> crds(KubernetesClient client) {
    return client.apiextensions().v1().customResourceDefinitions().list().getItems().stream()
        .filter(crd -> crd.getSpec().getGroup().equals(name))
        .toList();
  }

  /** Deletes its CRDs with all that is stored, and waits until they are gone. */
  public void delete(KubernetesClient client) {
    crds(client).forEach(crd -> client.resource(crd).withTimeout(30, TimeUnit.SECONDS).delete());
  }
}
