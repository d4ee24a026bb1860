package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.jvm.ClassHistogram;
import dev.heapwarden.probes.sample.ClassCount;
import dev.heapwarden.probes.target.TargetProcess;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EarlierCountsTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final EarlierCounts counts = new EarlierCounts();

  @Test
  void theNewestOfAProcessIsKeptForAnHour() {
    counts.remember(process(7), at(NOON.minusSeconds(60)));
    counts.remember(process(7), at(NOON));

    assertThat(counts.of(process(7), NOON.plusSeconds(3_599))).contains(at(NOON));
    assertThat(counts.of(process(7), NOON.plusSeconds(3_600))).isEmpty();
    assertThat(counts.of(process(8), NOON)).isEmpty();
  }

  @Test
  void onlyTheEightThatWereCountedLastAreKept() {
    for (int pid = 1; pid <= 9; pid++) {
      counts.remember(process(pid), at(NOON));
    }

    assertThat(counts.of(process(1), NOON)).isEmpty();
    assertThat(counts.of(process(2), NOON)).isPresent();
  }

  private static ClassCount at(Instant time) {
    return new ClassCount(time, new ClassHistogram(Map.of()));
  }

  private static TargetProcess process(int pid) {
    return new TargetProcess(
        new TargetProcess.Identity("id", pid, 1, new ExecutableId(1, 2)),
        4096,
        RuntimeKind.JVM,
        Path.of("/proc/" + pid + "/exe"),
        Optional.empty(),
        Optional.empty(),
        0);
  }
}
