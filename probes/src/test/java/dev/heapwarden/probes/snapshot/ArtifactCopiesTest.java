package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
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
  private final AtomicReference<@Nullable String> refused = new AtomicReference<>();
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
    if (key.equals(refused.get())) {
      throw new IOException("EntityTooLarge (HTTP 400)");
    }
    if (away.get() != null) {
      throw new IOException(away.get());
    }
    return URI.create("s3://evidence/" + key);
  }

  @Test
  void eachArtefactSaysWhereItsCopyIs() {
    workUntil(KEY + "two.gz");

    assertThat(artifacts())
        .extracting(Artifact::object)
        .containsExactly("s3://evidence/" + KEY + "one.gz", "s3://evidence/" + KEY + "two.gz");
    for (int i = 0; i < 5; i++) {
      copies.work(List.of(snapshots.stored()));
    }
    assertThat(asked).containsExactly(KEY + "one.gz", KEY + "two.gz");
  }

  @Test
  void whileTheStoreIsAwayTheReasonStandsOnTheArtefactAndItIsAskedEverLessOften() {
    away.set("ConnectException: Connection refused");
    workUntil(KEY + "two.gz");

    assertThat(artifacts())
        .extracting(Artifact::object, Artifact::reason)
        .containsOnly(
            tuple(null, "not in the object store yet: ConnectException: Connection refused"));
    copies.work(List.of(snapshots.stored()));
    assertThat(asked).hasSize(2);

    later(15);
    await().until(() -> asked.size() == 4);
    later(15);
    assertThat(asked).hasSize(4);

    away.set(null);
    later(600);
    await().until(() -> copied(snapshots.stored()));
    assertThat(artifacts()).extracting(Artifact::reason).containsOnlyNulls();
  }

  @Test
  void oneThatIsRefusedKeepsNoOtherFromTheStore() {
    refused.set(KEY + "one.gz");
    workUntil(KEY + "two.gz");

    assertThat(artifacts())
        .extracting(Artifact::object, Artifact::reason)
        .containsExactly(
            tuple(null, "not in the object store yet: EntityTooLarge (HTTP 400)"),
            tuple("s3://evidence/" + KEY + "two.gz", null));
  }

  @Test
  void aFileThatWentWhileItWasCopiedHasItsCopyToldAllTheSame() {
    copies.work(List.of(snapshots.stored()));
    await().until(() -> asked.size() == 2);
    var status = snapshots.stored().getStatus();
    snapshots
        .stored()
        .setStatus(
            status.ofArtifacts(
                status.artifacts().stream()
                    .map(artifact -> artifact.withoutFile(ArtifactSweep.DELETED))
                    .toList()));

    await().until(() -> copied(snapshots.stored()));
    assertThat(artifacts()).extracting(Artifact::reason).containsOnly(ArtifactSweep.DELETED);
  }

  @Test
  void whatTheApiServerRefusesIsNotSaidEachSecond() {
    copies.work(List.of(snapshots.stored()));
    await().until(() -> asked.size() == 2);
    snapshots.nextWriteFailsWith.set(422);
    await()
        .until(
            () -> {
              copies.work(List.of(snapshots.stored()));
              return snapshots.nextWriteFailsWith.get() == 0;
            });

    copies.work(List.of(snapshots.stored()));
    copies.work(List.of(snapshots.stored()));
    assertThat(artifacts()).extracting(Artifact::object).containsOnlyNulls();
    later(15);
    await().until(() -> copied(snapshots.stored()));
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
    workUntil(KEY + "two.gz");

    assertThat(asked).hasSize(2);
  }

  @Test
  void oneWhoseFileIsGoneFromTheNodeIsNotCopied() throws IOException {
    Files.delete(root.resolve("shop/s1/one.gz"));
    workUntil(KEY + "two.gz");

    assertThat(asked).containsExactly(KEY + "two.gz");
  }

  @Test
  void anotherNodesSnapshotIsLeftAlone() throws IOException {
    copies.work(List.of(taken("node-2")));
    copies.work(List.of(taken("node-2")));

    assertThat(asked).isEmpty();
  }

  /** As an agent does each second, two of them: a failure is heard of with the call after it. */
  private void later(int seconds) {
    now.set(now.get().plusSeconds(seconds));
    for (int i = 0; i < 2; i++) {
      copies.work(List.of(snapshots.stored()));
    }
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
    evidence.put(SnapshotKind.GOROUTINES, stored(snapshot, "one.gz"));
    evidence.put(SnapshotKind.MEM_STATS, stored(snapshot, "two.gz"));
    snapshot.setStatus(SnapshotReport.finished(node, Instant.EPOCH, Instant.EPOCH, evidence, null));
    return snapshot;
  }

  private Evidence stored(MemorySnapshot snapshot, String file) throws IOException {
    return Evidence.Taken.of(
        store.store(
            ArtifactStore.Owner.of(snapshot), file, new ByteArrayInputStream(new byte[] {1})));
  }
}
