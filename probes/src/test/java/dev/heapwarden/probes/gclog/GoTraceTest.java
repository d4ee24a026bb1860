package dev.heapwarden.probes.gclog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoTraceTest {
  static Stream<Path> recorded() {
    return RecordedLogs.named("go-.*");
  }

  /** The program keeps 2 MB more with each of its 12 rounds. */
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
    assertThat(traces.getLast().liveBytes()).isBetween(22L << 20, 26L << 20);
  }

  @Test
  void theSearchForLeakedGoroutinesOfGo127IsNoObstacle() {
    var line =
        "gc 5 @3.146s 0% (checking for goroutine leaks): 0.029+0.95+0.010 ms clock,"
            + " 0.058+0/0.92/0+0.021 ms cpu, 4->4->3 MB, 8 MB goal, 0 MB stacks, 0 MB globals, 2 P"
            + " (forced)";

    assertThat(GoTrace.parse(line)).contains(new GoTrace(5, 3L << 20));
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
