package dev.heapwarden.probes.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollectorTest {
  private static final Path PROC = Path.of("/proc");
  private static final int RUNS = 4;

  /** Whatever number of pauses it takes. */
  @ParameterizedTest
  @CsvSource({
    "SERIAL, -XX:+UseSerialGC",
    "PARALLEL, -XX:+UseParallelGC",
    "G1, -XX:+UseG1GC",
    "G1, -XX:+UseG1GC -XX:+ExplicitGCInvokesConcurrent",
    "GENERATIONAL_ZGC, -XX:+UseZGC"
  })
  void aCollectionOfTheOldGenerationCountsOnce(Collector collector, String options)
      throws Exception {
    try (var program = JavaProgram.start(options.split(" ", -1))) {
      var file = Counters.of(program.pid(), PROC).orElseThrow();
      var before = file.read();
      assertThat(before.collector()).isEqualTo(collector);
      for (int i = 0; i < RUNS; i++) {
        collect(program);
      }
      assertThat(file.read().oldCollections().orElseThrow() - before.oldCollections().orElseThrow())
          .isBetween((long) RUNS, RUNS + 1L);
    }
  }

  /** Names as JDK 17 and 25 print them. */
  @Test
  void aCollectorThatDoesNotTellWhatItLeavesIsNamed() throws IOException {
    var zgc = counters(Map.of("sun.gc.collector.2.name", "Z concurrent cycle pauses"));
    assertThat(zgc.oldCollections()).isEmpty();
    assertThat(zgc.notLive())
        .contains("the counters of ZGC without generations do not tell what its collections leave");

    var shenandoah = counters(Map.of("sun.gc.collector.1.name", "Shenandoah full"));
    assertThat(shenandoah.collector()).isEqualTo(Collector.SHENANDOAH);
    assertThat(shenandoah.oldCollections()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"sun.gc.policy.name, ParNew:CMS", "sun.gc.collector.1.name, Something new"})
  void aCollectorThatIsNotKnownIsNotGuessedAt(String counter, String name) throws IOException {
    var counters = counters(Map.of(counter, name));

    assertThat(counters.collector()).isEqualTo(Collector.UNKNOWN);
    assertThat(counters.notLive()).hasValueSatisfying(why -> assertThat(why).doesNotContain(name));
  }

  @Test
  void remarkAndCleanupAreOneCycle() {
    assertThat(Collector.G1.cleaned(2, 5)).isEqualTo(OptionalLong.of(4));
  }

  private static void collect(JavaProgram program) throws IOException, InterruptedException {
    String _ =
        new JvmAttach(PROC)
            .ask(
                program.pid(),
                program::alive,
                "GC.run",
                Duration.ofSeconds(20),
                answer -> new String(answer.readAllBytes(), StandardCharsets.UTF_8));
  }

  /** A counter file with these texts; layout as {@link PerfData} says. */
  private static JvmCounters counters(Map<String, String> texts) throws IOException {
    var bytes = ByteBuffer.allocate(4096).order(ByteOrder.BIG_ENDIAN).putInt(0, 0xcafec0c0);
    bytes.order(ByteOrder.LITTLE_ENDIAN).put(4, (byte) 1).put(5, (byte) 2).put(7, (byte) 1);
    bytes.putInt(24, 32).putInt(28, texts.size());
    int at = 32;
    for (var text : texts.entrySet()) {
      var name = text.getKey().getBytes(StandardCharsets.UTF_8);
      var value = text.getValue().getBytes(StandardCharsets.UTF_8);
      int length = 20 + name.length + 1 + value.length + 1;
      bytes.putInt(at, length).putInt(at + 4, 20).putInt(at + 8, value.length + 1);
      bytes.put(at + 12, (byte) 'B').putInt(at + 16, 20 + name.length + 1);
      bytes.put(at + 20, name).put(at + 20 + name.length + 1, value);
      at += length;
    }
    return JvmCounters.of(Origin.HSPERFDATA, PerfData.parse(bytes));
  }
}
