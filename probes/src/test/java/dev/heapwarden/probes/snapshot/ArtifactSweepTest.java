package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactSweepTest {
  @TempDir Path root;
  private ArtifactStore store;

  @BeforeEach
  void open() {
    store = new ArtifactStore(root, 1 << 20);
  }

  @Test
  void anAgentThatStartsDeletesWhatSnapshotsOfThePastLeft() throws IOException {
    var kept = taken("s1", "node-1");
    var deleted = taken("s2", "node-1");
    var elsewhere = taken("s3", "node-2");

    try (var snapshots = new Snapshots();
        var client = snapshots.client()) {
      new ArtifactSweep("node-1", store, new Reports(client)).sweep(List.of(kept, elsewhere));
    }

    assertThat(path(kept)).exists();
    assertThat(path(deleted)).doesNotExist();
    assertThat(path(elsewhere)).doesNotExist();
  }

  @Test
  void whileNothingWasDeletedNothingIsLookedAt() throws IOException {
    try (var snapshots = new Snapshots();
        var client = snapshots.client()) {
      var sweep = new ArtifactSweep("node-1", store, new Reports(client));
      sweep.sweep(List.of());
      var taken = taken("s1", "node-1");

      sweep.sweep(List.of());
      assertThat(path(taken)).exists();

      sweep.request();
      sweep.sweep(List.of());
      assertThat(path(taken)).doesNotExist();
    }
  }

  @Test
  void aSnapshotWhoseArtefactMadeRoomSaysSoAndNamesNoPlace() throws IOException {
    var taken = taken("s1", "node-1");
    Files.delete(path(taken));

    try (var snapshots = new Snapshots();
        var client = snapshots.client()) {
      snapshots.store(taken);
      new ArtifactSweep("node-1", store, new Reports(client)).sweep(List.of(taken));

      var artifact = snapshots.stored().getStatus().artifacts().getFirst();
      assertThat(artifact.state()).isEqualTo(Artifact.State.TAKEN);
      assertThat(artifact.path()).isNull();
      assertThat(artifact.reason()).isEqualTo(ArtifactSweep.DELETED);
    }
  }

  private MemorySnapshot taken(String name, String node) throws IOException {
    var snapshot = Snapshots.snapshot("shop", name, "2026-01-01T00:00:00Z");
    var stored =
        store.store(
            ArtifactStore.Owner.of(snapshot), "f.gz", new ByteArrayInputStream(new byte[] {1}));
    var evidence = new LinkedHashMap<SnapshotKind, Evidence>();
    evidence.put(SnapshotKind.GOROUTINES, Evidence.Taken.of(stored));
    snapshot.setStatus(SnapshotReport.finished(node, Instant.EPOCH, Instant.EPOCH, evidence, null));
    return snapshot;
  }

  private Path path(MemorySnapshot snapshot) {
    return root.resolve("shop").resolve(snapshot.getMetadata().getName()).resolve("f.gz");
  }
}
