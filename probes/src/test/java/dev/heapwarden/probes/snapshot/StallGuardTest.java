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

/** Of a JVM that needs half a second for some 390 MB, and has 100 MB of anonymous memory. */
class StallGuardTest {
  @TempDir private Path proc;
  @TempDir private Path cgroup;

  private StallGuard guard;

  @BeforeEach
  void start() throws IOException {
    guard = new StallGuard(new ProcFs(proc));
    write(0, 0, 0);
    Files.writeString(cgroup.resolve("cpu.max"), "max 100000\n");
  }

  @Test
  void aSmallHeapMayBeCounted() throws IOException {
    assertThat(refusal(Optional.empty())).isEmpty();
  }

  /** ZGC's, one of huge pages, one that is swapped out. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aHeapIsSeenWhereverItIs(int kind) throws IOException {
    write(kind == 0 ? 400_000 : 0, kind == 1 ? 400_000 : 0, kind == 2 ? 400_000 : 0);

    assertThat(refusal(Optional.empty()))
        .contains("counting its heap would stop it for about 0.7 s");
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
            1);

    assertThat(refusal(Optional.of(counters)))
        .contains("counting its heap would stop it for about 0.8 s");
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
            1);

    assertThat(refusal(Optional.of(counters))).isEmpty();
  }

  @Test
  void aTenthOfACpuNeedsTenTimesAsLong() throws IOException {
    Files.writeString(cgroup.resolve("cpu.max"), "10000 100000\n");

    assertThat(refusal(Optional.empty()))
        .contains("counting its heap would stop it for about 1.3 s");
  }

  @Test
  void moreThanOneCpuMakesItNoFaster() throws IOException {
    write(400_000, 0, 0);
    Files.writeString(cgroup.resolve("cpu.max"), "400000 100000\n");

    assertThat(refusal(Optional.empty())).isPresent();
  }

  @Test
  void whatWasMeasuredIsRemembered() throws IOException {
    assertThat(guard.allows(target().container().key(), Duration.ofMillis(400))).isTrue();
    assertThat(guard.allows(target().container().key(), Duration.ofMillis(600))).isFalse();
    assertThat(guard.allows(target().container().key(), Duration.ofMillis(400))).isFalse();

    assertThat(refusal(Optional.empty()))
        .contains(
            "counting its heap stopped it for 0.6 s before, and no more than 0.5 s are allowed");
  }

  private Optional<String> refusal(Optional<JvmCounters> counters) throws IOException {
    return guard.refusal(target(), target().main().orElseThrow(), counters);
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
