package dev.heapwarden.probes.gomemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("toolchains")
class GoroutineCountTest {
  /** What the program of go-memory starts, and its first goroutine. */
  private static final long WAITING = 30 + 2 * 10 + 5 + 2 + 1;

  static List<String> builds() {
    return GoMemoryProgram.builds();
  }

  /** Of those that ended the runtime keeps two thousand to use again. */
  @ParameterizedTest
  @MethodSource("builds")
  void itIsWhatTheProgramsOwnRuntimeSaysHoweverManyHaveEnded(String build) throws Exception {
    try (var program = GoMemoryProgram.start(build);
        var process = program.open()) {
      program.ask("end");
      // One that says that it is done may still have to end.
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(program.ask("count")).isEqualTo("" + WAITING));

      assertThat(GoroutineCount.read(process)).isEqualTo(WAITING);
    }
  }
}
