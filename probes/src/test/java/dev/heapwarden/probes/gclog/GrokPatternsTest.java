package dev.heapwarden.probes.gclog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is shipped for Logstash, on what real JVMs wrote. */
@Tag("E6")
class GrokPatternsTest {
  private static final long MIB = 1 << 20;

  private final GrokPatterns patterns;

  GrokPatternsTest() throws IOException {
    patterns = new GrokPatterns();
  }

  static Stream<Path> logs() {
    return RecordedLogs.named("java-.*");
  }

  @ParameterizedTest
  @MethodSource("logs")
  void theyTellOfEachLineWhatTheAgentReadsOfIt(Path log) throws IOException {
    int told = 0;
    for (var line : RecordedLogs.lines(log)) {
      var fields = patterns.read(line);
      switch (JvmLogLine.parse(line).orElse(new JvmLogLine.Unknown())) {
        case JvmLogLine.Pause pause -> {
          assertThat(number(fields, "gc_id")).isEqualTo((double) pause.gc());
          assertThat(text(fields, "gc_type")).isEqualTo(pause.what());
          assertThat(number(fields, "pause_ms") / 1e3).isCloseTo(pause.seconds(), within(1e-9));
          if (pause.after() >= 0) {
            assertThat(number(fields, "heap_after_mb") * MIB).isEqualTo((double) pause.after());
            assertThat(number(fields, "heap_before_mb")).isNotNegative();
          }
        }
        case JvmLogLine.Cycle cycle -> {
          assertThat(number(fields, "gc_id")).isEqualTo((double) cycle.gc());
          assertThat(text(fields, "gc_type")).startsWith(cycle.what());
          assertThat(number(fields, "heap_after_mb") * MIB).isEqualTo((double) cycle.after());
        }
        case JvmLogLine.Metaspace metaspace ->
            assertThat(metaspaceBytes(fields)).isEqualTo((double) metaspace.bytes());
        default -> {
          assertThat(fields).as(line).isEmpty();
          continue;
        }
      }
      told++;
    }
    assertThat(told).isPositive();
  }

  @Test
  void theTimeOfALineIsItsTimestamp() {
    var fields =
        patterns.read(
            "[2026-11-22T07:43:29.105+0000][0.677s][info][gc          ] GC(0) Pause Young (Normal)"
                + " (G1 Evacuation Pause) 6M->1M(64M) 10.630ms");

    assertThat(fields)
        .hasValue(
            Map.of(
                "timestamp", "2026-11-22T07:43:29.105+0000",
                "gc_id", "0",
                "gc_type", "Pause Young (Normal) (G1 Evacuation Pause)",
                "heap_before_mb", "6",
                "heap_after_mb", "1",
                "heap_size_mb", "64",
                "pause_ms", "10.630"));
  }

  /** As the pipeline does it with what is told in KiB. */
  private static double metaspaceBytes(Optional<Map<String, String>> fields) {
    return fields.orElseThrow().containsKey("metaspace_used_kb")
        ? number(fields, "metaspace_used_kb") / 1024.0 * MIB
        : number(fields, "metaspace_used_mb") * MIB;
  }

  private static double number(Optional<Map<String, String>> fields, String name) {
    return Double.parseDouble(text(fields, name));
  }

  private static String text(Optional<Map<String, String>> fields, String name) {
    return Objects.requireNonNull(fields.orElseThrow().get(name));
  }
}
