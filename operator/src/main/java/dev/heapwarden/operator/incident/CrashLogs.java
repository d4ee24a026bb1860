package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.snapshot.MemorySnapshotSpec;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.operator.api.OwnedSnapshots;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the logs of what crashed kept: the kubelet keeps that of one life, until the next crash. */
record CrashLogs(KubernetesClient client) {
  private static final Logger LOG = LoggerFactory.getLogger(CrashLogs.class);

  /**
   * Orders one. The name follows from the crash, so that a second operator orders nothing twice.
   *
   * @return the name of the snapshot; empty where the API server refuses it now
   */
  Optional<String> order(LeakIncident incident, Pod pod, CrashedContainer crashed) {
    var name =
        IncidentName.ofCrash(
            incident.getMetadata().getName(), pod.getMetadata().getUid(), crashed.at());
    var snapshot =
        OwnedSnapshots.of(
            incident,
            name,
            Map.of(),
            new MemorySnapshotSpec(
                pod.getMetadata().getName(),
                crashed.container(),
                List.of(SnapshotKind.PREVIOUS_LOG),
                MemorySnapshotSpec.WINDOW,
                List.of()));
    try {
      client.resource(snapshot).create();
      return Optional.of(name);
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return Optional.of(name);
      }
      // The next evaluation asks again.
      LOG.warn(
          "log of a crash was not ordered incident={} code={}",
          incident.getMetadata().getName(),
          e.getCode());
      return Optional.empty();
    }
  }
}
