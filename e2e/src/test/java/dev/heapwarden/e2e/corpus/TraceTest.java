package dev.heapwarden.e2e.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.detection.sample.SampleBatch;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceTest {
  private static final Instant AT = Instant.parse("2026-05-04T10:00:00Z");

  @TempDir private Path directory;

  @Test
  void aSnapshotIsKeptWithoutWhatNamesTheNodeAndItsFiles() throws IOException {
    var file = directory.resolve("program.ndjson.gz");
    var answer = new Trace.Answer(AT, batch());
    new Trace(List.of(answer), List.of(new Trace.Snapshot(AT.plusSeconds(60), completed())))
        .write(file);

    assertThat(text(file)).doesNotContain("node-7", "/var/lib", "ab12");
    var read = Trace.read(file);
    assertThat(read.answers()).hasSize(1);
    assertThat(read.snapshots())
        .singleElement()
        .satisfies(
            snapshot -> {
              assertThat(snapshot.at()).isEqualTo(AT.plusSeconds(60));
              assertThat(snapshot.snapshot().site()).isEqualTo("shop.Order");
              assertThat(snapshot.snapshot().classes()).isEqualTo(completed().classes());
              assertThat(snapshot.snapshot().artifacts())
                  .extracting(Artifact::kind)
                  .containsExactly(SnapshotKind.CLASS_HISTOGRAM);
            });
  }

  private static SampleBatch batch() {
    return new SampleBatch("epoch", 1, 0, false, false, List.of(), List.of());
  }

  private static MemorySnapshotStatus completed() {
    return Serialization.unmarshal(
        """
        phase: Completed
        site: shop.Order
        node: node-7
        startedAt: "2026-05-04T10:00:50Z"
        completedAt: "2026-05-04T10:01:00Z"
        artifacts:
        - {kind: ClassHistogram, state: Taken, size: 17, sha256: ab12, path: /var/lib/heapwarden/17}
        classes:
        - {className: shop.Order, instances: 1000, bytes: 24000, bytesPerSecond: 240.0, platform: false}
        """,
        MemorySnapshotStatus.class);
  }

  private static String text(Path file) throws IOException {
    try (var in =
        new InputStreamReader(
            new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8)) {
      return in.readAllAsString();
    }
  }
}
