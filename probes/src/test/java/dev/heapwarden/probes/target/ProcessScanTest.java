package dev.heapwarden.probes.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.jvm.JavaProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against this machine's /proc and a cgroup that lists this very process. */
class ProcessScanTest {
  @TempDir Path cgroups;

  @Test
  void aJvmIsToldFromOtherPrograms() throws IOException {
    var target = scan(ProcessHandle.current().pid());

    assertThat(target.runtime()).isEqualTo(RuntimeKind.JVM);
    assertThat(target.main().orElseThrow().refusal()).contains("not Go");
    assertThat(target.main().orElseThrow().anonymousBytes()).isPositive();
  }

  /** It lies in shared memory. */
  @Test
  void theHeapOfZgcIsPartOfWhatAProcessHolds(@TempDir Path directory) throws IOException {
    try (var program =
        JavaProgram.start("-XX:+UseZGC", "-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch")) {
      assertThat(scan(program.pid()).main().orElseThrow().anonymousBytes())
          .isGreaterThan(256 << 20);
    }
  }

  @Test
  void aProcessThatIsGoneIsLeftOut() throws IOException {
    var target = scan(Integer.MAX_VALUE);

    assertThat(target.processes()).isEmpty();
    assertThat(target.runtime()).isEqualTo(RuntimeKind.UNKNOWN);
  }

  /** One program must not keep those of the whole node from being found. */
  @Test
  void theNameOfAProgramMayHoldAnyBytes(@TempDir Path directory) throws Exception {
    var program =
        new ProcessBuilder(
                "bash",
                "-c",
                "cp /bin/cat \"$0\"/$'gr\\xf6sse' && exec \"$0\"/$'gr\\xf6sse'",
                directory.toString())
            .start();
    try {
      program.outputWriter().append("it runs\n").flush();
      assertThat(program.inputReader().readLine()).isEqualTo("it runs");
      assertThat(scan(program.pid()).main().orElseThrow().refusal()).contains("not Go");
    } finally {
      program.destroyForcibly().waitFor();
    }
  }

  private Target scan(long pid) throws IOException {
    var directory = Files.createDirectories(cgroups.resolve("memory/kubepods/container-1"));
    Files.writeString(directory.resolve("cgroup.procs"), pid + "\n");
    var container =
        new WatchedContainer(
            new ContainerKey("shop", "pod", "uid", "app", "container-1"),
            "policy",
            RuntimeChoice.AUTO,
            Duration.ofSeconds(15),
            Instant.EPOCH,
            Offers.none(),
            0.01);
    return new ProcessScan(new CgroupTree(cgroups), new ProcFs(Path.of("/proc")))
        .scan(List.of(container))
        .getFirst();
  }
}
