package dev.heapwarden.probes.jvm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
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

  /** It is counted already, and the level of the old generation is still that from before it. */
  @Test
  void aCollectionCountsOnceItIsOver() throws IOException {
    var names = Map.of("sun.gc.policy.name", "Copy:MSC");
    var during =
        Map.of(
            "sun.gc.collector.1.invocations",
            3L,
            "sun.gc.collector.1.lastEntryTime",
            20L,
            "sun.gc.collector.1.lastExitTime",
            10L);
    var after = new HashMap<>(during);
    after.put("sun.gc.collector.1.lastExitTime", 30L);

    assertThat(counters(names, during).oldCollections()).hasValue(2);
    assertThat(counters(names, after).oldCollections()).hasValue(3);
  }

  private static void collect(JavaProgram program) throws IOException, InterruptedException {
    String _ =
        new JvmAttach(PROC)
            .ask(
                program.pid(),
                program::alive,
                "GC.run",
                Duration.ofSeconds(20),
                answer -> new String(answer.readAllBytes(), UTF_8));
  }

  /** A counter file with these texts. */
  private static JvmCounters counters(Map<String, String> texts) throws IOException {
    return counters(texts, Map.of());
  }

  /** A counter file with these texts and numbers; layout as {@link PerfData} says. */
  private static JvmCounters counters(Map<String, String> texts, Map<String, Long> numbers)
      throws IOException {
    var bytes = ByteBuffer.allocate(4096).order(ByteOrder.BIG_ENDIAN).putInt(0, 0xcafec0c0);
    bytes.order(ByteOrder.LITTLE_ENDIAN).put(4, (byte) 1).put(5, (byte) 2).put(7, (byte) 1);
    bytes.putInt(24, 32).putInt(28, texts.size() + numbers.size()).position(32);
    texts.forEach((name, text) -> put(bytes, name, 'B', text.length() + 1, text.getBytes(UTF_8)));
    numbers.forEach(
        (name, number) ->
            put(
                bytes,
                name,
                'J',
                0,
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array()));
    return JvmCounters.of(Origin.HSPERFDATA, PerfData.parse(bytes));
  }

  private static void put(ByteBuffer bytes, String name, char type, int vector, byte[] value) {
    int at = bytes.position();
    int valueAt = 20 + name.length() + 1;
    int length = valueAt + value.length + 1;
    bytes.putInt(at, length).putInt(at + 4, 20).putInt(at + 8, vector);
    bytes.put(at + 12, (byte) type).putInt(at + 16, valueAt);
    bytes.put(at + 20, name.getBytes(UTF_8)).put(at + valueAt, value);
    bytes.position(at + length);
  }
}
