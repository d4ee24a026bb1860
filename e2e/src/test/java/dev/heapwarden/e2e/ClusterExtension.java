package dev.heapwarden.e2e;

import dev.heapwarden.e2e.cluster.Cluster;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the one cluster of the run, as a {@link Cluster} or as its administrator's {@link
 * KubernetesClient}.
 */
public class ClusterExtension implements ParameterResolver {
  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    var type = parameter.getParameter().getType();
    return type == Cluster.class || type == KubernetesClient.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    var cluster = cluster(context);
    return parameter.getParameter().getType() == Cluster.class ? cluster : cluster.client();
  }

  /**
   * Started by the first test that asks, and closed with the run: JUnit closes what its root store
   * holds.
   */
  protected static Cluster cluster(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(ClusterExtension.class))
        .computeIfAbsent(Cluster.class, _ -> Cluster.start(), Cluster.class);
  }
}
