package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactStoreTest {
  private static final ArtifactStore.Owner S1 = new ArtifactStore.Owner("shop", "s1");

  @TempDir Path root;
  private ArtifactStore store;

  @BeforeEach
  void roomForAll() {
    store = new ArtifactStore(root, 1L << 30);
  }

  @Test
  void anArtefactIsStoredWithItsSizeAndDigestForRootOnly() throws IOException {
    var stored = store.store(S1, "heap.pb.gz", bytes("abc"));

    assertThat(stored.path()).isEqualTo(root.resolve("shop/s1/heap.pb.gz")).hasContent("abc");
    assertThat(stored.size()).isEqualTo(3);
    assertThat(stored.sha256())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(stored.path())))
        .isEqualTo("rw-------");
  }

  @Test
  void whatDoesNotComeCompressedIsStoredSo() throws IOException {
    var text = "at java.lang.Object.wait\n".repeat(1000);

    var stored = store.store(S1, "threads.txt", bytes(text));

    assertThat(stored.path()).isEqualTo(root.resolve("shop/s1/threads.txt.gz"));
    assertThat(Unzipped.text(stored.path())).isEqualTo(text);
    assertThat(stored.size()).isEqualTo(Files.size(stored.path())).isLessThan(1000);
  }

  @Test
  void anArtefactThatBreaksOffLeavesNothingBehind() throws IOException {
    var broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the target ended");
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            return read();
          }
        };
    var breaking = new SequenceInputStream(bytes("x".repeat(100_000)), broken);

    assertThatThrownBy(() -> store.store(S1, "heap.pb.gz", breaking))
        .hasMessage("the target ended");
    try (var files = Files.list(root.resolve("shop/s1"))) {
      assertThat(files).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"heap.pb.gz", "threads.txt"})
  void anArtefactWithoutEndIsCutOffAtTheLimit(String file) {
    var read = new AtomicLong();
    var endless =
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }

          @Override
          public int read(byte[] into, int offset, int length) {
            read.addAndGet(length);
            return length;
          }
        };

    assertThatThrownBy(() -> store.store(S1, file, endless))
        .hasMessage("it has more than 67108864 bytes");
    assertThat(read).hasValueLessThan(68L << 20);
  }

  @Test
  void anArtefactEndsWithItsSnapshotAndAnUnfinishedOneWithTheCrashThatLeftIt() throws IOException {
    var kept = stored("shop", "s1", 10);
    var ended = stored("shop", "s2", 10);
    var unfinished = Files.writeString(root.resolve("shop/s1/.heap.pb.gz1.part"), "half");

    store.retain(Set.of(S1));

    assertThat(kept).exists();
    assertThat(ended.getParent()).doesNotExist();
    assertThat(unfinished).doesNotExist();
  }

  @Test
  void theOldestArtefactsMakeRoomForNewOnes() throws IOException {
    store = new ArtifactStore(root, 100);
    var younger = stored("shop", "b", 40);
    var older = stored("shop", "a", 40);
    Files.setLastModifiedTime(older.getParent(), FileTime.fromMillis(1_000));

    var newest = stored("shop", "c", 40);

    assertThat(older).doesNotExist();
    assertThat(younger).exists();
    assertThat(newest).exists();
    assertThat(store.holds(newest.toString())).isTrue();
    assertThat(store.holds(older.toString())).isFalse();
  }

  @Test
  void whatIsElsewhereTooMakesRoomBeforeWhatIsNot() throws IOException {
    store = new ArtifactStore(root, 100);
    var older = stored("shop", "a", 40);
    var copied = stored("shop", "b", 40);
    Files.setLastModifiedTime(older.getParent(), FileTime.fromMillis(1_000));
    store.copied(Set.of(new ArtifactStore.Owner("shop", "b")));

    stored("shop", "c", 40);

    assertThat(copied).doesNotExist();
    assertThat(older).exists();
  }

  @Test
  void aNamespaceThatTakesManySnapshotsDeletesItsOwnAndNoOtherOnes() throws IOException {
    store = new ArtifactStore(root, 100);
    var others = stored("quiet", "old", 30);
    Files.setLastModifiedTime(others.getParent(), FileTime.fromMillis(1_000));

    for (int i = 0; i < 20; i++) {
      stored("loud", "s" + i, 20);
    }

    assertThat(others).exists();
    assertThat(root.resolve("loud/s19/f.gz")).exists();
  }

  @Test
  void anArtefactThatDoesNotFitIsRefusedAndNothingOfItIsLeft() throws IOException {
    store = new ArtifactStore(root, 100);
    var other = stored("quiet", "small", 30);
    var own = stored("shop", "earlier", 10);

    assertThatThrownBy(() -> stored("shop", "s1", 101))
        .isInstanceOf(ArtifactStore.NoRoom.class)
        .hasMessage("its 101 bytes do not fit into this node's quota of 100 bytes for artefacts");
    assertThatThrownBy(() -> stored("shop", "s1", 80)).isInstanceOf(ArtifactStore.NoRoom.class);
    assertThat(other).exists();
    assertThat(own).exists();
    assertThat(root.resolve("shop/s1")).isEmptyDirectory();
  }

  private Path stored(String namespace, String snapshot, int size) throws IOException {
    return store
        .store(new ArtifactStore.Owner(namespace, snapshot), "f.gz", bytes("x".repeat(size)))
        .path();
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
