package dev.heapwarden.probes.gclog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoTraceTest {
  static Stream<Path> recorded() {
    return RecordedLogs.named("go-.*");
  }

  /** The program keeps 2 MB more with each of its 12 rounds. */
  @Tag("E4")
  @ParameterizedTest
  @MethodSource("recorded")
  void everyLineOfEveryReleaseIsUnderstood(Path log) throws IOException {
    var lines = RecordedLogs.lines(log);
    assertThat(lines).allMatch(GoTrace::isMeant);
    var traces = lines.stream().flatMap(line -> GoTrace.parse(line).stream()).toList();

    assertThat(traces)
        .extracting(GoTrace::cycle)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, lines.size()).boxed().toList());
    assertThat(traces).extracting(GoTrace::liveBytes).isSorted();
    assertThat(traces)
        .extracting(GoTrace::markTermination)
        .containsExactlyElementsOf(lines.stream().map(GoTraceTest::thirdPhase).toList());
    assertThat(traces.getLast().liveBytes()).isBetween(22L << 20, 26L << 20);
  }

  /** Such as 10000 of {@code 0.029+0.95+0.010 ms clock}. */
  private static long thirdPhase(String line) {
    var phases = line.substring(0, line.indexOf(" ms clock")).split("\\+", -1);
    return new BigDecimal(phases[2]).movePointRight(6).longValueExact();
  }

  @Test
  void theSearchForLeakedGoroutinesOfGo127IsNoObstacle() {
    var line =
        "gc 5 @3.146s 0% (checking for goroutine leaks): 0.029+0.95+0.010 ms clock,"
            + " 0.058+0/0.92/0+0.021 ms cpu, 4->4->3 MB, 8 MB goal, 0 MB stacks, 0 MB globals, 2 P"
            + " (forced)";

    assertThat(GoTrace.parse(line)).contains(new GoTrace(5, 3L << 20, 10_000));
  }

  /** A line of Go 1.27.0 with GOGC=off, whose goal is beyond every machine. */
  @Test
  void aProgramThatOnlyCollectsWhenItAsksForItIsUnderstood() {
    var line =
        "gc 1 @1.006s 0%: 0.094+0.26+0.009 ms clock, 0.18+0/0.047/0.16+0.018 ms cpu, 0->0->0 MB,"
            + " 8532210231537 MB goal, 0 MB stacks, 0 MB globals, 2 P (forced)";

    assertThat(GoTrace.parse(line)).contains(new GoTrace(1, 0, 9_000));
  }

  /** Go prints a line piece by piece, and other goroutines may print meanwhile. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "gc 2026/11/22 07:44:51 ready",
        "gc 7 @1.5s 0%: 0.029+0.95+0.010 ms clock, 0.058+0/0.92/0+0.021 ms cpu, 4->4->2026/11/22"
            + " ready",
        "gc 7 @1.5s 0%: 0.029+0.95+0.010 ms clock, 0.058+0/0.92/0+0.021 ms cpu, 4->4->3 MB, 8 MB"
      })
  void aLineThatSomethingElseWasPrintedIntoIsNotGuessedAt(String line) {
    assertThat(new GoGcLog().read(line)).isEqualTo(Understanding.Reading.UNKNOWN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gc ", "gc started", "garbage", "2026/11/22 gc 1 @"})
  void whatTheProgramSaysElseIsNotItsCollectors(String line) {
    assertThat(new GoGcLog().read(line)).isEqualTo(Understanding.Reading.FOREIGN);
  }
}
