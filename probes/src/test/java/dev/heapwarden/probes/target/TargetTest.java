package dev.heapwarden.probes.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.go.ExecutableId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TargetTest {
  @Test
  void theLargestProcessIsJudgedFirst() {
    assertThat(judged(null, process(1, 10), process(2, 20))).isEqualTo(2);
  }

  @Test
  void twoProcessesOfAboutOneSizeDoNotTakeTurns() {
    assertThat(judged(process(1, 10), process(1, 10), process(2, 19))).isEqualTo(1);
  }

  /** A launcher starts before what it launches. */
  @Test
  void oneThatHoldsTwiceAsMuchIsJudgedInstead() {
    assertThat(judged(process(1, 10), process(1, 10), process(2, 20))).isEqualTo(2);
  }

  @Test
  void whereTheOneThatWasJudgedEndedTheLargestIs() {
    assertThat(judged(process(3, 10), process(1, 10), process(2, 11))).isEqualTo(2);
  }

  private static long judged(@Nullable TargetProcess before, TargetProcess... processes) {
    return Target.after(
            Web.watched(),
            Optional.empty(),
            List.of(processes),
            before == null ? null : before.identity(),
            Optional.empty())
        .main()
        .orElseThrow()
        .pid();
  }

  private static TargetProcess process(long pid, long bytes) {
    return new TargetProcess(
        new TargetProcess.Identity("id", pid, 1, new ExecutableId(1, 2)),
        bytes,
        RuntimeKind.JVM,
        Path.of("/proc/1/exe"),
        Optional.empty(),
        Optional.of("not Go"),
        0);
  }
}
