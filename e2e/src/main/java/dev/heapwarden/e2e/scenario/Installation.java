package dev.heapwarden.e2e.scenario;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Heapwarden as a user installs it: by applying the rendered install.yaml. */
public record Installation(KubernetesClient client) {
  public static final String NAMESPACE = "heapwarden-system";
  public static final String OPERATOR = "heapwarden-operator";
  public static final String AGENT = "heapwarden-agent";

  /** Applies the manifest; what is there already stays as it is. */
  public void apply(Path installYaml) {
    try (var manifest = Files.newInputStream(installYaml)) {
      apply(manifest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void apply(InputStream manifest) {
    client.load(manifest).items().forEach(this::apply);
  }

  /** Applies one resource of the manifest; after a CRD, its resources can be used. */
  public void apply(HasMetadata resource) {
    client.resource(resource).fieldManager("kubectl").forceConflicts().serverSideApply();
    if (resource instanceof CustomResourceDefinition) {
      client.resource(resource).waitUntilCondition(Installation::established, 30, TimeUnit.SECONDS);
    }
  }

  /** Until the operator and the agents of all nodes say that they are ready. */
  public void awaitReady(Duration deadline) {
    long seconds = deadline.toSeconds();
    client
        .apps()
        .deployments()
        .inNamespace(NAMESPACE)
        .withName(OPERATOR)
        .waitUntilReady(seconds, TimeUnit.SECONDS);
    client
        .apps()
        .daemonSets()
        .inNamespace(NAMESPACE)
        .withName(AGENT)
        .waitUntilCondition(Installation::onEveryNode, seconds, TimeUnit.SECONDS);
  }

  private static boolean established(HasMetadata resource) {
    return resource instanceof CustomResourceDefinition crd
        && crd.getStatus() != null
        && crd.getStatus().getConditions() != null
        && crd.getStatus().getConditions().stream()
            .anyMatch(
                condition ->
                    condition.getType().equals("Established")
                        && condition.getStatus().equals("True"));
  }

  private static boolean onEveryNode(DaemonSet agents) {
    var status = agents == null ? null : agents.getStatus();
    return status != null
        && status.getDesiredNumberScheduled() > 0
        && Objects.equals(status.getNumberReady(), status.getDesiredNumberScheduled());
  }
}
