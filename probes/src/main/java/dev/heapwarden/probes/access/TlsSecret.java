package dev.heapwarden.probes.access;

import dev.heapwarden.crds.AgentAccess;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the Secret that the operator's leader makes. Watched rather than mounted: a kubelet shows
 * a Secret that was created after the pod up to 90 s later. One that goes or breaks leaves the
 * agent with what it had.
 */
public final class TlsSecret implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TlsSecret.class);
  private static final long NO_RESYNC = 0;

  private final String namespace;
  private final ServingIdentity identity;
  private final SharedIndexInformer<Secret> secrets;

  /** Starts watching. */
  public TlsSecret(KubernetesClient client, String namespace, ServingIdentity identity) {
    this.namespace = namespace;
    this.identity = identity;
    secrets =
        client
            .secrets()
            .inNamespace(namespace)
            .withName(AgentAccess.TLS_SECRET)
            .runnableInformer(NO_RESYNC);
    secrets.addEventHandler(new Changes());
    secrets.exceptionHandler((started, failure) -> true);
    var _ = secrets.start();
  }

  /** Why the agent cannot serve TLS yet; empty when it can. */
  public Optional<String> missing() {
    return identity.present()
        ? Optional.empty()
        : Optional.of(
            "Secret %s/%s with the agents' certificate is not there yet: the operator makes it"
                .formatted(namespace, AgentAccess.TLS_SECRET));
  }

  /** Whether changes of the Secret are still heard of. */
  public boolean alive() {
    return secrets.isRunning();
  }

  @Override
  public void close() {
    secrets.stop();
  }

  private void take(Secret secret) {
    try {
      identity.take(decoded(secret));
      LOG.info(
          "agent serves TLS secret={} resourceVersion={}",
          AgentAccess.TLS_SECRET,
          secret.getMetadata().getResourceVersion());
    } catch (GeneralSecurityException | IllegalArgumentException broken) {
      // The message may quote what it could not read, and that may be the key.
      LOG.warn(
          "Secret holds no certificate and key secret={} failure={}",
          AgentAccess.TLS_SECRET,
          broken.getClass().getSimpleName());
    }
  }

  private static Map<String, byte[]> decoded(Secret secret) {
    return secret.getData().entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, entry -> Base64.getDecoder().decode(entry.getValue())));
  }

  private final class Changes implements ResourceEventHandler<Secret> {
    @Override
    public void onAdd(Secret added) {
      take(added);
    }

    @Override
    public void onUpdate(Secret before, Secret after) {
      take(after);
    }

    @Override
    public void onDelete(Secret deleted, boolean finalStateUnknown) {}
  }
}
