package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps artefacts and snapshots in step: an artefact ends with its snapshot, and a snapshot does
 * not go on naming a file that was deleted to make room.
 */
final class ArtifactSweep {
  private static final Logger LOG = LoggerFactory.getLogger(ArtifactSweep.class);

  /** Said of an artefact whose file is no longer there. */
  static final String DELETED = "taken, and since deleted from the node to make room";

  private final String node;
  private final ArtifactStore store;
  private final Reports reports;
  private final AtomicBoolean due = new AtomicBoolean(true);

  ArtifactSweep(String node, ArtifactStore store, Reports reports) {
    this.node = node;
    this.store = store;
    this.reports = reports;
  }

  /** Says that snapshots or artefacts may have gone. Any thread may. */
  void request() {
    due.set(true);
  }

  /**
   * Sweeps when it is due; on the thread that stores artefacts.
   *
   * @param snapshots all that there are in the cluster
   */
  void sweep(Collection<MemorySnapshot> snapshots) {
    if (!due.getAndSet(false)) {
      return;
    }
    var here = snapshots.stream().filter(this::mayHaveArtifactsHere).toList();
    try {
      store.retain(here.stream().map(ArtifactStore.Owner::of).collect(Collectors.toSet()));
      here.stream().filter(this::namesWhatIsGone).forEach(this::correct);
    } catch (IOException | KubernetesClientException failure) {
      due.set(true);
      LOG.warn("artefacts will be swept again reason={}", failure.getMessage());
    }
  }

  private boolean mayHaveArtifactsHere(MemorySnapshot snapshot) {
    var status = snapshot.getStatus();
    return status == null || status.phase() == null || node.equals(status.node());
  }

  private boolean namesWhatIsGone(MemorySnapshot snapshot) {
    var status = snapshot.getStatus();
    return status != null && status.artifacts().stream().anyMatch(this::isGone);
  }

  private boolean isGone(Artifact artifact) {
    return artifact.path() != null && !store.holds(artifact.path());
  }

  private void correct(MemorySnapshot snapshot) {
    var status = snapshot.getStatus();
    var artifacts =
        status.artifacts().stream()
            .map(artifact -> isGone(artifact) ? withoutFile(artifact) : artifact)
            .toList();
    reports.write(
        snapshot,
        new MemorySnapshotStatus(
            status.phase(),
            status.site(),
            status.message(),
            status.node(),
            status.startedAt(),
            status.completedAt(),
            artifacts,
            status.maps(),
            status.classes(),
            status.variables(),
            status.jvm(),
            status.go(),
            status.instances(),
            status.allocations(),
            status.goroutines()));
  }

  private static Artifact withoutFile(Artifact artifact) {
    return new Artifact(
        artifact.kind(),
        artifact.state(),
        DELETED,
        artifact.size(),
        artifact.sha256(),
        null,
        artifact.stallMillis(),
        artifact.source(),
        artifact.cut(),
        artifact.lost());
  }
}
