package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.jvm.JavaProgram;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.probe.Tracepoints;
import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What opens a file of one of two containers never comes back, as over a network that is gone: here
 * a pipe that nobody writes into.
 */
@Timeout(120)
class HangingFilesTest {
  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir private Path directory;

  @Test
  void oneContainerWhoseFilesDoNotAnswerKeepsNobodyElsesEvidenceWaiting() throws Exception {
    try (var hanging = JavaProgram.start();
        var other = JavaProgram.start()) {
      var pipe = pipeInPlaceOfStatus(hanging.pid());
      Files.createSymbolicLink(proc(other.pid()), Path.of("/proc", Long.toString(other.pid())));
      try {
        var collector = collector((kind, _) -> kind == SnapshotKind.THREAD_DUMP ? SHORT : LONG);
        assertThat(collector.take(SnapshotKind.THREAD_DUMP, order("a", hanging)))
            .isInstanceOfSatisfying(
                Evidence.Failed.class,
                failed ->
                    assertThat(failed.reason())
                        .startsWith("the files of its container: no answer for"));

        assertThat(collector.take(SnapshotKind.HEAP_INFO, order("b", other)))
            .isInstanceOf(Evidence.Taken.class);
      } finally {
        Files.writeString(pipe, "");
      }
    }
  }

  /** Nor does each kind of its own evidence wait for them again. */
  @Test
  void whatDidNotAnswerIsNotAskedAgainUntilItDoes() throws Exception {
    try (var hanging = JavaProgram.start()) {
      var pipe = pipeInPlaceOfStatus(hanging.pid());
      var collector = collector((_, _) -> SHORT);
      collector.take(SnapshotKind.THREAD_DUMP, order("a", hanging));
      long began = System.nanoTime();
      for (var kind : List.of(SnapshotKind.FLAGS, SnapshotKind.HEAP_INFO)) {
        assertThat(collector.take(kind, order("a", hanging)))
            .isInstanceOfSatisfying(
                Evidence.Failed.class,
                failed -> assertThat(failed.reason()).contains("no answer for"));
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SHORT.multipliedBy(2));
      assertThat(collector.variables(order("a", hanging).target())).isNull();

      Files.writeString(pipe, "");
    }
  }

  private EvidenceCollector collector(BiFunction<SnapshotKind, Duration, Duration> patience) {
    return new EvidenceCollector(
        new Bpftrace(List.of("bpftrace"), directory),
        new Tracepoints(directory),
        new Sites(),
        new ProcFs(directory.resolve("proc")),
        new ArtifactStore(directory.resolve("store"), 1 << 24),
        (_, _, _) -> {},
        (_, _) -> {},
        _ -> List.of(),
        new Spending(System::nanoTime, InstantSource.system()),
        (_, _) -> Optional.empty(),
        patience);
  }

  private static Order order(String containerId, JavaProgram program) throws IOException {
    return JvmOrder.in(containerId, JvmOrder.of(program.pid()));
  }

  private Path pipeInPlaceOfStatus(long pid) throws IOException, InterruptedException {
    Files.createDirectories(proc(pid));
    Files.createSymbolicLink(
        proc(pid).resolve("stat"), Path.of("/proc", Long.toString(pid), "stat"));
    var pipe = proc(pid).resolve("status");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    return pipe;
  }

  private Path proc(long pid) throws IOException {
    return Files.createDirectories(directory.resolve("proc")).resolve(Long.toString(pid));
  }
}
