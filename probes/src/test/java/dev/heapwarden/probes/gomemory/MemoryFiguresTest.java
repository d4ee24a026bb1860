package dev.heapwarden.probes.gomemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("toolchains")
class MemoryFiguresTest {
  static List<String> builds() {
    return GoMemoryProgram.builds();
  }

  @Tag("E5")
  @ParameterizedTest
  @MethodSource("builds")
  void theFiguresAreThoseOfReadMemStats(String build) throws Exception {
    try (var program = GoMemoryProgram.start(build);
        var process = program.open()) {
      program.ask("gc");
      var read = MemoryFigures.read(process);
      JsonNode own = new ObjectMapper().readTree(program.ask("memstats"));

      close(read.mallocs(), own, "Mallocs");
      close(read.frees(), own, "Frees");
      close(read.heapObjects(), own, "HeapObjects");
      close(read.heapAlloc(), own, "HeapAlloc");
      close(read.totalAlloc(), own, "TotalAlloc");
      close(read.heapSys(), own, "HeapSys");
      close(read.heapIdle(), own, "HeapIdle");
      close(read.heapInuse(), own, "HeapInuse");
      close(read.spanInuse(), own, "MSpanInuse");
      close(read.cacheInuse(), own, "MCacheInuse");
      close(read.pauseTotalNanos(), own, "PauseTotalNs");
      close(read.liveAfterCollection(), own, "HeapAlloc");
      assertThat(read.heapReleased()).isBetween(0L, read.heapIdle());
      assertThat(read.collections()).isEqualTo(own.get("NumGC").asLong()).isGreaterThan(2);
      assertThat(read.lastCollection()).isEqualTo(own.get("LastGC").asLong());
      assertThat(read.gcPercent()).isEqualTo(100);
      assertThat(read.memoryLimit()).isEqualTo(Long.MAX_VALUE);
    }
  }

  private static void close(long read, JsonNode own, String figure) {
    assertThat(read).as(figure).isCloseTo(own.get(figure).asLong(), withinPercentage(5));
  }
}
