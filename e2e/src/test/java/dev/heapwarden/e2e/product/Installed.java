package dev.heapwarden.e2e.product;

import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.e2e.scenario.Installation;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Installs the product, as a user would, before the tests of a class, where it is not installed
 * yet.
 */
class Installed extends ClusterExtension implements BeforeAllCallback {
  @Override
  public void beforeAll(ExtensionContext context) {
    var installation = new Installation(cluster(context).client());
    installation.apply(Path.of(System.getProperty("heapwarden.root"), "manifests/install.yaml"));
    installation.awaitReady(Duration.ofMinutes(2));
  }
}
