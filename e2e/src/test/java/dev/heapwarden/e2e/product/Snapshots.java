package dev.heapwarden.e2e.product;

import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotSpec;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** MemorySnapshots that are ordered by hand. */
record Snapshots(KubernetesClient client, String namespace) {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  void order(String name, MemorySnapshotSpec spec) {
    var snapshot = new MemorySnapshot();
    snapshot.getMetadata().setName(name);
    snapshot.getMetadata().setNamespace(namespace);
    snapshot.setSpec(spec);
    client.resource(snapshot).create();
  }

  /** The agent's answer; null before its first word. */
  @Nullable MemorySnapshotStatus status(String name) {
    return client
        .resources(MemorySnapshot.class)
        .inNamespace(namespace)
        .withName(name)
        .require()
        .getStatus();
  }

  MemorySnapshotStatus awaitEnd(String name) {
    return await("the snapshot " + name)
        .atMost(PATIENCE)
        .until(() -> status(name), status -> status != null && status.completedAt() != null);
  }
}
