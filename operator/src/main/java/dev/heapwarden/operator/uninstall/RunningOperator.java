package dev.heapwarden.operator.uninstall;

import dev.heapwarden.crds.AgentAccess;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * The operator's Deployment, its lease, and the certificates that it made for the agents.
 *
 * @param name of both
 */
public record RunningOperator(KubernetesClient client, String namespace, String name) {
  /**
   * Ends all its pods; then nobody makes the lease and the certificates again, and they are
   * deleted.
   *
   * @throws IllegalStateException when a pod is still there after this time
   */
  public void end(Duration time, InstantSource clock, UndoAll.Pause pause)
      throws InterruptedException {
    stop();
    var deadline = clock.instant().plus(time);
    while (runs()) {
      giveUpAfter(deadline, clock);
      pause.take();
    }
    client.leases().inNamespace(namespace).withName(name).delete();
    for (var secret : List.of(AgentAccess.TLS_SECRET, AgentAccess.AUTHORITY_SECRET)) {
      client.secrets().inNamespace(namespace).withName(secret).delete();
    }
    client.configMaps().inNamespace(namespace).withName(AgentAccess.AUTHORITIES_MAP).delete();
  }

  private void stop() {
    var deployment = client.apps().deployments().inNamespace(namespace).withName(name);
    try {
      var scale = deployment.scale();
      if (scale != null) {
        scale.getSpec().setReplicas(0);
        deployment.scale(scale);
      }
    } catch (KubernetesClientException e) {
      // Where the Deployment is gone there is nothing to stop.
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
    }
  }

  private boolean runs() {
    return !client
        .pods()
        .inNamespace(namespace)
        .withLabel("app.kubernetes.io/name", "heapwarden")
        .withLabel("app.kubernetes.io/component", "operator")
        .list()
        .getItems()
        .isEmpty();
  }

  private void giveUpAfter(Instant deadline, InstantSource clock) {
    if (clock.instant().isAfter(deadline)) {
      throw new IllegalStateException(
          "a pod of the operator is still there: kubectl -n %s get pods".formatted(namespace));
    }
  }
}
