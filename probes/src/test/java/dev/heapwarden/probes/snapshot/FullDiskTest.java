package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Phase;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.probes.jvm.DumpPlace;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a disk of its own, of 1 MiB. */
class FullDiskTest {
  private static final ArtifactStore.Owner S1 = new ArtifactStore.Owner("shop", "s1");
  private static final int PIECE = 1 << 12;

  @TempDir Path directory;
  private Path disk;
  private ArtifactStore store;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(directory.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=1m", "none", disk.toString());
    store = SnapshotAgent.store(disk);
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", disk.toString());
  }

  @Test
  void anArtefactThatFindsTheDiskFullLeavesNothingAndSaysSo() throws Exception {
    var others = disk.resolve("others");

    assertThatThrownBy(
            () ->
                store.store(
                    S1,
                    "threads.txt",
                    ArtifactStore.LIMIT,
                    output -> {
                      output.write(noise(100 << 10));
                      fill(others);
                      output.write(noise(100 << 10));
                    }))
        .isInstanceOf(ArtifactStore.NoRoom.class)
        .hasMessage("the node's disk is full: No space left on device");
    assertThat(disk.resolve("store/shop/s1")).isEmptyDirectory();
    assertThat(store.find("shop", "s1", "threads.txt.gz")).isEmpty();

    Files.delete(others);
    assertThat(stored(100 << 10).size()).isGreaterThan(100 << 10);
  }

  @Test
  void noArtefactTakesWhatTheKubeletKeepsFree() throws IOException {
    assertThatThrownBy(() -> stored(1000 << 10))
        .isInstanceOf(ArtifactStore.NoRoom.class)
        .hasMessageMatching(
            "the node's disk has \\d+ KiB free beyond what the kubelet keeps free, and it needs more");
    assertThat(disk.resolve("store/shop/s1")).isEmptyDirectory();

    assertThat(stored(500 << 10).path()).exists();
    assertThat(DumpPlace.free(disk)).isNotNegative();
  }

  @Test
  void aSnapshotThatFindsTheDiskFullSaysSoAndStopsNoProgram() throws Exception {
    var collector = TestCollector.storingIn(disk);
    var _ = stored(1);
    fill(disk.resolve("others"));

    var evidence = collector.take(SnapshotKind.SMAPS, JvmOrder.of(ProcessHandle.current().pid()));

    var status =
        SnapshotReport.finished(
            "node",
            Instant.EPOCH,
            Instant.EPOCH,
            new LinkedHashMap<>(Map.of(SnapshotKind.SMAPS, evidence)),
            null);
    assertThat(status.phase()).isEqualTo(Phase.FAILED);
    assertThat(status.message())
        .isEqualTo(
            "nothing was taken: SMAPS: the node's disk has 0 MiB free beyond what the kubelet keeps"
                + " free, and it may need 1");
    assertThat(status.artifacts().getFirst().stallMillis()).isNull();
  }

  private ArtifactStore.Stored stored(int size) throws IOException {
    return store.store(S1, "threads.txt", new ByteArrayInputStream(noise(size)));
  }

  /** What does not get smaller. */
  private static byte[] noise(int size) {
    var bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  private static void fill(Path file) throws IOException {
    try (var output = Files.newOutputStream(file)) {
      while (true) {
        output.write(new byte[PIECE]);
      }
    } catch (IOException full) {
      assertThat(full).hasMessage("No space left on device");
    }
  }

  private static void run(String... command) throws Exception {
    var process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }
}
