package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactCopiesTest {
  private static final String KEY = "shop/s1/uid/";

  @TempDir Path root;
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final AtomicReference<@Nullable String> away = new AtomicReference<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private ArtifactStore store;
  private Snapshots snapshots;
  private KubernetesClient client;
  private ArtifactCopies copies;

  @BeforeEach
  void open() throws IOException {
    store = new ArtifactStore(root, 1 << 20);
    snapshots = new Snapshots();
    client = snapshots.client();
    copies = new ArtifactCopies("node-1", store, this::put, new Reports(client), now::get);
    snapshots.store(taken("node-1"));
  }

  @AfterEach
  void close() {
    copies.close();
    client.close();
    snapshots.close();
  }

  private URI put(String key, Path file, String sha256) throws IOException {
    asked.add(key);
    if (away.get() != null) {
      throw new IOException(away.get());
    }
    return URI.create("s3://evidence/" + key);
  }

  @Test
  void eachArtefactSaysWhereItsCopyIs() {
    workUntil(KEY + "two");

    assertThat(artifacts())
        .extracting(Artifact::object)
        .containsExactly("s3://evidence/" + KEY + "one", "s3://evidence/" + KEY + "two");
    for (int i = 0; i < 5; i++) {
      copies.work(List.of(snapshots.stored()));
    }
    assertThat(asked).containsExactly(KEY + "one", KEY + "two");
  }

  @Test
  void whileTheStoreIsAwayTheReasonStandsOnTheArtefactAndItIsAskedEverLessOften() {
    away.set("ConnectException: Connection refused");
    workUntil(KEY + "one");

    assertThat(artifacts().getFirst())
        .extracting(Artifact::object, Artifact::reason)
        .containsExactly(null, "not in the object store yet: ConnectException: Connection refused");
    copies.work(List.of(snapshots.stored()));
    assertThat(asked).hasSize(1);

    now.set(now.get().plusSeconds(15));
    copies.work(List.of(snapshots.stored()));
    await().until(() -> asked.size() == 2);
    // Whose failure is heard of with the next call, or the one after.
    now.set(now.get().plusSeconds(15));
    copies.work(List.of(snapshots.stored()));
    copies.work(List.of(snapshots.stored()));
    assertThat(asked).hasSize(2);

    away.set(null);
    now.set(now.get().plusSeconds(600));
    workUntil(KEY + "two");
    assertThat(artifacts()).extracting(Artifact::reason).containsOnlyNulls();
    assertThat(artifacts()).extracting(Artifact::object).doesNotContainNull();
  }

  @Test
  void aCopyThatCouldNotBeSaidIsSaidLater() {
    copies.work(List.of(snapshots.stored()));
    await().until(() -> asked.size() == 2);
    snapshots.nextWriteFailsWith.set(500);

    await()
        .until(
            () -> {
              copies.work(List.of(snapshots.stored()));
              return snapshots.nextWriteFailsWith.get() == 0;
            });
    assertThat(artifacts()).extracting(Artifact::object).containsOnlyNulls();
    workUntil(KEY + "two");

    assertThat(asked).hasSize(2);
  }

  @Test
  void oneWhoseFileIsGoneFromTheNodeIsNotCopied() throws IOException {
    Files.delete(root.resolve("shop/s1/one"));
    workUntil(KEY + "two");

    assertThat(asked).containsExactly(KEY + "two");
  }

  @Test
  void anotherNodesSnapshotIsLeftAlone() throws IOException {
    copies.work(List.of(taken("node-2")));
    copies.work(List.of(taken("node-2")));

    assertThat(asked).isEmpty();
  }

  /** As an agent does each second, until what came of a copy is written. */
  private void workUntil(String lastKey) {
    var version = snapshots.stored().getMetadata().getResourceVersion();
    await()
        .until(
            () -> {
              copied(snapshots.stored());
              return asked.contains(lastKey)
                  && !version.equals(snapshots.stored().getMetadata().getResourceVersion());
            });
  }

  private boolean copied(MemorySnapshot snapshot) {
    copies.work(List.of(snapshot));
    return snapshots.stored().getStatus().artifacts().stream().allMatch(it -> it.object() != null);
  }

  private List<Artifact> artifacts() {
    return snapshots.stored().getStatus().artifacts();
  }

  private MemorySnapshot taken(String node) throws IOException {
    var snapshot = Snapshots.snapshot("shop", "s1", "2026-01-01T00:00:00Z");
    var evidence = new LinkedHashMap<SnapshotKind, Evidence>();
    evidence.put(SnapshotKind.GOROUTINES, stored(snapshot, "one"));
    evidence.put(SnapshotKind.MEM_STATS, stored(snapshot, "two"));
    snapshot.setStatus(SnapshotReport.finished(node, Instant.EPOCH, Instant.EPOCH, evidence, null));
    return snapshot;
  }

  private Evidence stored(MemorySnapshot snapshot, String file) throws IOException {
    return Evidence.Taken.of(
        store.store(
            ArtifactStore.Owner.of(snapshot), file, new ByteArrayInputStream(new byte[] {1})));
  }
}
