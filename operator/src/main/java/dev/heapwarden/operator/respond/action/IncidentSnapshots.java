package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotSpec;
import dev.heapwarden.operator.api.OwnedSnapshots;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Optional;

/** The snapshots that an incident orders, which go with it. */
record IncidentSnapshots(KubernetesClient client) {
  static MemorySnapshot of(LeakIncident incident, String name, MemorySnapshotSpec spec) {
    return OwnedSnapshots.of(incident, name, Map.of(), spec);
  }

  /** The one that a step ordered. */
  Optional<MemorySnapshot> find(LeakIncident incident, Step step) {
    return find(incident, name(step));
  }

  /** Without its kind. */
  static String name(Step step) {
    return step.object().substring(step.object().indexOf('/') + 1);
  }

  Optional<MemorySnapshot> find(LeakIncident incident, String name) {
    return Optional.ofNullable(
        client
            .resources(MemorySnapshot.class)
            .inNamespace(incident.getMetadata().getNamespace())
            .withName(name)
            .get());
  }

  static boolean isOf(LeakIncident incident, MemorySnapshot snapshot) {
    return OwnedSnapshots.isOf(incident, snapshot);
  }
}
