package dev.heapwarden.probes.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.go.ExecutableId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of real processes, by this machine's /proc. */
class ProcessCountsTest {
  private static final ProcFs PROC = new ProcFs(Path.of("/proc"));

  @TempDir Path root;

  @Test
  void filesAndThreadsOfAllProcessesAreCounted() throws Exception {
    var one = sleeping("exec 5</dev/null 6</dev/null 7</dev/null");
    var other = sleeping(":");
    try {
      assertThat(new ProcessCounts(PROC).of(List.of(of(one), of(other))))
          .containsEntry(Signal.OPEN_FILES, (double) (listed(one.pid()) + listed(other.pid())))
          .containsEntry(Signal.OS_THREADS, 2.0);
      assertThat(listed(one.pid())).isEqualTo(listed(other.pid()) + 3);
    } finally {
      one.destroyForcibly();
      other.destroyForcibly();
    }
  }

  @Test
  void aPidThatIsAnothersByNowIsLeftOut() throws Exception {
    var process = sleeping(":");
    try {
      var counts = new ProcessCounts(PROC);
      var former = process(process.pid(), PROC.startTicks(process.pid()) - 1);
      assertThat(counts.of(List.of(former))).isEmpty();
      assertThat(counts.of(List.of(former, of(process)))).containsEntry(Signal.OS_THREADS, 1.0);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void whereNoneRunsAnyMoreNothingIsSaid() {
    assertThat(new ProcessCounts(PROC).of(List.of(process(Integer.MAX_VALUE, 1)))).isEmpty();
  }

  /** As the size of the directory of an ordinary file system, which says nothing. */
  @Test
  void aKernelBeforeLinux62HasThemListed() throws IOException {
    var descriptors = Files.createDirectories(root.resolve("7/fd"));
    for (int descriptor = 0; descriptor < 5; descriptor++) {
      Files.createFile(descriptors.resolve(Integer.toString(descriptor)));
    }

    assertThat(ProcessCounts.listed(descriptors)).isEqualTo(5);
  }

  private static long listed(long pid) throws IOException {
    try (var files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return files.count();
    }
  }

  private static Process sleeping(String before) throws IOException {
    var process =
        new ProcessBuilder("bash", "-c", before + "; echo it sleeps; exec sleep 60").start();
    assertThat(process.inputReader().readLine()).isEqualTo("it sleeps");
    return process;
  }

  private static TargetProcess of(Process process) throws IOException {
    return process(process.pid(), PROC.startTicks(process.pid()));
  }

  private static TargetProcess process(long pid, long startTicks) {
    return new TargetProcess(
        new TargetProcess.Identity("id", pid, startTicks, new ExecutableId(1, 2)),
        0,
        RuntimeKind.NATIVE,
        Path.of("/proc/1/exe"),
        Optional.empty(),
        Optional.of("not Go"),
        0);
  }
}
