package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.jvm.JavaProgram;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.probe.Tracepoints;
import dev.heapwarden.probes.target.ProcFs;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What would stop a real JVM for too long is taken of it once its pod is isolated. */
class IsolatedJvmTest {
  private static final ProcFs PROC = new ProcFs(Path.of("/proc"));

  @TempDir private Path directory;
  private final List<JavaProgram> programs = new ArrayList<>();
  private Pod pod = InstanceEvidenceTest.pod().build();

  @AfterEach
  void close() throws IOException {
    for (var program : programs) {
      program.close();
    }
  }

  @Test
  void theClassesOfALargeHeapAreCountedOnceItsPodIsIsolated() throws Exception {
    var program = start("-Xmx600m", "-Dballast=440");
    var collector = collector();

    assertThat(take(collector, SnapshotKind.CLASS_HISTOGRAM, program))
        .isInstanceOfSatisfying(
            Evidence.Refused.class,
            refused ->
                assertThat(refused.reason())
                    .contains("counting its heap could stop it", "only an isolated one"));

    pod = InstanceEvidenceTest.isolated();
    var taken = (Evidence.Taken) take(collector, SnapshotKind.CLASS_HISTOGRAM, program);
    assertThat(Unzipped.text(taken.stored().path())).contains("Leaking$Key");
    assertThat(program.alive()).isTrue();
  }

  @Test
  void theStacksOfThousandsOfThreadsArePrintedOnceItsPodIsIsolated() throws Exception {
    var program = start("-Xmx64m", "-Dthreads=2000");
    var collector = collector();

    assertThat(take(collector, SnapshotKind.THREAD_DUMP, program))
        .isInstanceOfSatisfying(
            Evidence.Refused.class,
            refused ->
                assertThat(refused.reason())
                    .contains("a thread dump could stop it", "only an isolated one"));

    pod = InstanceEvidenceTest.isolated();
    var taken = (Evidence.Taken) take(collector, SnapshotKind.THREAD_DUMP, program);
    assertThat(Unzipped.text(taken.stored().path())).contains("\"main\"", "\"idle-1999\"");
  }

  @Test
  void theStacksOfAFewThreadsArePrintedWhereverItIs() throws Exception {
    assertThat(take(collector(), SnapshotKind.THREAD_DUMP, start("-Xmx64m")))
        .isInstanceOf(Evidence.Taken.class);
  }

  private static Evidence take(EvidenceCollector collector, SnapshotKind kind, JavaProgram program)
      throws IOException, InterruptedException {
    return collector.take(kind, JvmOrder.of(program.pid()));
  }

  private EvidenceCollector collector() throws IOException {
    return new EvidenceCollector(
        new Bpftrace(List.of("bpftrace"), directory),
        new Tracepoints(directory),
        new Sites(),
        PROC,
        new ArtifactStore(directory.resolve("store"), 1 << 24),
        (_, _, _) -> {},
        (_, _) -> {},
        _ -> List.of(),
        new Spending(System::nanoTime, InstantSource.system()),
        (_, _) -> Optional.of(pod));
  }

  private JavaProgram start(String... options) throws IOException {
    var program = JavaProgram.start(LeakingProgram.SOURCE, JavaProgram.OWN, Map.of(), options);
    programs.add(program);
    return program;
  }
}
