package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.InstanceQuery;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.jvm.Counters;
import dev.heapwarden.probes.jvm.JavaProgram;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.probe.Tracepoints;
import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** On a real JVM. */
@ResourceLock(InstanceEvidenceTest.DUMPS)
class DumpForNothingTest {
  private static final ProcFs PROC = new ProcFs(Path.of("/proc"));

  @TempDir private Path directory;

  @Test
  void whatCannotBeStoredIsNotDumped() throws Exception {
    try (var program = JavaProgram.start()) {
      var counters = Counters.of(program.pid(), PROC.root()).orElseThrow();
      var collections = counters.read().oldCollections();

      var artifact = take(program, new ArtifactStore(directory.resolve("store"), 1000));
      assertThat(artifact.state()).isEqualTo(Artifact.State.REFUSED);
      assertThat(artifact.reason()).contains("quota of 1000 bytes");
      assertThat(artifact.stallMillis()).isNull();
      // A heap dump begins with a collection.
      assertThat(counters.read().oldCollections()).isEqualTo(collections);
    }
  }

  @Test
  void whatStoppedTheProgramForNothingIsToldToo() throws Exception {
    try (var program = JavaProgram.start()) {
      var store = Files.createDirectory(directory.resolve("store"));
      var _ = Files.createFile(store.resolve("shop"));

      var artifact = take(program, new ArtifactStore(store, 1 << 24));
      assertThat(artifact.state()).isEqualTo(Artifact.State.FAILED);
      assertThat(artifact.stallMillis()).isPositive();
    }
  }

  private Artifact take(JavaProgram program, ArtifactStore store)
      throws IOException, InterruptedException {
    var collector =
        new EvidenceCollector(
            new Bpftrace(List.of("bpftrace"), directory),
            new Tracepoints(directory),
            new Sites(),
            PROC,
            store,
            (_, _, _) -> {},
            (_, _) -> {},
            _ -> List.of(),
            new Spending(System::nanoTime, InstantSource.system()),
            (_, _) -> Optional.of(InstanceEvidenceTest.isolated()));
    var kind = SnapshotKind.INSTANCE_SAMPLE;
    var order = JvmOrder.of(new InstanceQuery("Waiting", 5), program.pid());
    var evidence = new LinkedHashMap<SnapshotKind, Evidence>();
    evidence.put(kind, collector.take(kind, order));
    return SnapshotReport.finished("node", Instant.EPOCH, Instant.EPOCH, evidence, null)
        .artifacts()
        .getFirst();
  }
}
