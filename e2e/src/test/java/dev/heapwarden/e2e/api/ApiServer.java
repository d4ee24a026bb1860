package dev.heapwarden.e2e.api;

import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.e2e.scenario.Installation;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;

/**
 * Before the tests of a class, applies what of install.yaml speaks to the API server alone: all but
 * the pods. Gives each class a {@link Tenant}.
 */
class ApiServer extends ClusterExtension implements BeforeAllCallback {
  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    var client = cluster(context).client();
    var installation = new Installation(client);
    try (var install = Files.newInputStream(Manifests.INSTALL)) {
      for (var resource : client.load(install).items()) {
        if (!(resource instanceof Deployment || resource instanceof DaemonSet)) {
          installation.apply(resource);
        }
      }
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Tenant.class
        || super.supportsParameter(parameter, context);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Tenant.class
        ? tenant(context)
        : super.resolveParameter(parameter, context);
  }

  /** Closed with the class: JUnit closes what its store holds. */
  private static Tenant tenant(ExtensionContext context) {
    var ofClass = context.getParent().filter(_ -> context.getTestMethod().isPresent());
    return ofClass
        .orElse(context)
        .getStore(
            ExtensionContext.Namespace.create(ApiServer.class, context.getRequiredTestClass()))
        .computeIfAbsent(Tenant.class, _ -> Tenant.create(cluster(context).client()), Tenant.class);
  }
}
