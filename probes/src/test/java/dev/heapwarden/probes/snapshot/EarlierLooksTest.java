package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.snapshot.EarlierLooks.Look;
import dev.heapwarden.probes.target.TargetProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EarlierLooksTest {
  @Test
  void theOldestOfThoseThatAreKeptIsToldForAnHour() {
    var looks = new EarlierLooks<String>(1, 2);
    looks.remember(process(7), at(0));
    looks.remember(process(7), at(60));
    looks.remember(process(7), at(120));

    assertThat(looks.before(process(7), at(120))).contains(at(60));
    assertThat(looks.before(process(7), at(3_659))).contains(at(60));
    assertThat(looks.before(process(7), at(3_660))).contains(at(120));
    assertThat(looks.before(process(7), at(3_720))).isEmpty();
    assertThat(looks.before(process(8), at(120))).isEmpty();
  }

  @Test
  void onlyTheProcessesThatWereLookedAtLastAreKept() {
    var looks = new EarlierLooks<String>(8, 1);
    for (int pid = 1; pid <= 9; pid++) {
      looks.remember(process(pid), at(0));
    }

    assertThat(looks.before(process(1), at(0))).isEmpty();
    assertThat(looks.before(process(2), at(0))).isPresent();
  }

  private static Look<String> at(int seconds) {
    return new Look<>(Duration.ofSeconds(seconds).toNanos(), "at " + seconds);
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
