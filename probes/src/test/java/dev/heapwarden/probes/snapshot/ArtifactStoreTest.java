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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactStoreTest {
  @TempDir Path root;

  @Test
  void anArtefactIsStoredWithItsSizeAndDigestForRootOnly() throws IOException {
    var stored = new ArtifactStore(root).store("shop", "s1", "heap.pb.gz", bytes("abc"));

    assertThat(stored.path()).isEqualTo(root.resolve("shop/s1/heap.pb.gz")).hasContent("abc");
    assertThat(stored.size()).isEqualTo(3);
    assertThat(stored.sha256())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(stored.path())))
        .isEqualTo("rw-------");
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

    assertThatThrownBy(() -> new ArtifactStore(root).store("shop", "s1", "heap.pb.gz", breaking))
        .hasMessage("the target ended");
    try (var files = Files.list(root.resolve("shop/s1"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void anArtefactWithoutEndIsCutOffAtTheLimit() {
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

    assertThatThrownBy(() -> new ArtifactStore(root).store("shop", "s1", "heap.pb.gz", endless))
        .hasMessage("it has more than 67108864 bytes");
    assertThat(read).hasValueLessThan(68L << 20);
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
