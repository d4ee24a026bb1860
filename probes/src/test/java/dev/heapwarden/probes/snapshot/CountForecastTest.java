package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.jvm.Collector;
import dev.heapwarden.probes.jvm.JvmCounters;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.Web;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of a JVM that has 100 MB of anonymous memory. */
class CountForecastTest {
  @TempDir private Path proc;
  @TempDir private Path cgroup;

  @BeforeEach
  void start() throws IOException {
    write(0, 0, 0);
    Files.writeString(cgroup.resolve("cpu.max"), "max 100000\n");
  }

  @Test
  void aSmallHeapIsCountedInNoTime() throws IOException {
    assertThat(forecast(Optional.empty())).isEqualTo(Duration.ofMillis(131));
  }

  /** ZGC's, one of huge pages, one that is swapped out. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aHeapIsSeenWhereverItIs(int kind) throws IOException {
    write(kind == 0 ? 400_000 : 0, kind == 1 ? 400_000 : 0, kind == 2 ? 400_000 : 0);

    assertThat(forecast(Optional.empty())).isEqualTo(Duration.ofMillis(658));
  }

  @Test
  void aHeapThatOnlyItsCollectorSeesCounts() throws IOException {
    var counters =
        new JvmCounters(
            Origin.HSPERFDATA,
            "25",
            Collector.G1,
            300_000_000,
            0,
            300_000_000,
            0,
            OptionalLong.of(1),
            1,
            1,
            1,
            1,
            1,
            1);

    assertThat(forecast(Optional.of(counters))).isEqualTo(Duration.ofMillis(771));
  }

  /** ZGC without generations maps it at three addresses. */
  @Test
  void aHeapThatTheKernelCountsThreeTimesIsNoLargerForThat() throws IOException {
    write(600_000, 0, 0);
    var counters =
        new JvmCounters(
            Origin.HSPERFDATA,
            "17",
            Collector.ZGC,
            0,
            0,
            200_000_000,
            0,
            OptionalLong.empty(),
            1,
            1,
            1,
            1,
            1,
            1);

    assertThat(forecast(Optional.of(counters))).isEqualTo(Duration.ofMillis(307));
  }

  @Test
  void aTenthOfACpuNeedsTenTimesAsLong() throws IOException {
    Files.writeString(cgroup.resolve("cpu.max"), "10000 100000\n");

    assertThat(forecast(Optional.empty())).isEqualTo(Duration.ofMillis(1316));
  }

  @Test
  void moreThanOneCpuMakesItNoFaster() throws IOException {
    write(400_000, 0, 0);
    Files.writeString(cgroup.resolve("cpu.max"), "400000 100000\n");

    assertThat(forecast(Optional.empty())).isEqualTo(Duration.ofMillis(658));
  }

  private Duration forecast(Optional<JvmCounters> counters) throws IOException {
    return new CountForecast(new ProcFs(proc))
        .of(target(), target().main().orElseThrow(), counters);
  }

  private Target target() {
    var process =
        new TargetProcess(
            new TargetProcess.Identity("id", 7, 1, new ExecutableId(1, 2)),
            1,
            RuntimeKind.JVM,
            Path.of("/proc/7/exe"),
            Optional.empty(),
            Optional.of("not Go"),
            0);
    return new Target(Web.watched(), Optional.of(cgroup), List.of(process));
  }

  /** In kB, as proc(5) has it. */
  private void write(long shared, long huge, long swapped) throws IOException {
    Files.createDirectories(proc.resolve("7"));
    Files.writeString(
        proc.resolve("7/status"),
        """
        Name:	java
        RssAnon:	  100000 kB
        RssFile:	  900000 kB
        RssShmem:	  %d kB
        VmSwap:	  %d kB
        HugetlbPages:	  %d kB
        """
            .formatted(shared, swapped, huge));
  }
}
