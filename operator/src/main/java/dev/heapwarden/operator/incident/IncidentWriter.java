package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes incidents. A status is only ever written over the version that it was derived from: when
 * somebody else was faster it is derived anew.
 */
final class IncidentWriter {
  private static final int ATTEMPTS = 5;

  private final KubernetesClient client;

  IncidentWriter(KubernetesClient client) {
    this.client = client;
  }

  /** The incident of that name, created now or there already. */
  LeakIncident create(LeakIncident incident) {
    try {
      return client.resource(incident).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      return client.resource(incident).get();
    }
  }

  /**
   * Changes the status.
   *
   * @param change from the status as it is (null while there is none) to the one to write; the same
   *     to write nothing
   * @return the incident as written; empty when nothing was to write or the incident is gone
   */
  Optional<LeakIncident> status(
      LeakIncident incident,
      Function<@Nullable LeakIncidentStatus, @Nullable LeakIncidentStatus> change) {
    for (int attempt = 1; ; attempt++) {
      var current = client.resource(incident).get();
      if (current == null) {
        return Optional.empty();
      }
      var before = current.getStatus();
      var after = change.apply(before);
      if (after == null || after.equals(before)) {
        return Optional.empty();
      }
      current.setStatus(after);
      try {
        return Optional.of(client.resource(current).updateStatus());
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }
}
