package dev.heapwarden.probes.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeapInfoTest {
  @ParameterizedTest
  @ValueSource(strings = {"UseG1GC", "UseSerialGC", "UseParallelGC", "UseZGC", "UseShenandoahGC"})
  void eachCollectorSaysHowMuchIsUsed(String collector) throws Exception {
    try (var program = JavaProgram.start("-Xmx96m", "-XX:+" + collector)) {
      var text =
          new JvmAttach(Path.of("/proc"))
              .ask(
                  program.pid(),
                  program::alive,
                  "GC.heap_info",
                  Duration.ofSeconds(20),
                  answer -> new String(answer.readAllBytes(), StandardCharsets.UTF_8));
      assertThat(HeapInfo.used(text)).as(text).isPresent();
      assertThat(HeapInfo.used(text).getAsLong()).as(text).isBetween(1L << 20, 96L << 20);
    }
  }

  @Test
  void generationsAreAddedAndMetaspaceIsNoHeap() {
    assertThat(
            HeapInfo.used(
                """
                123:
                 def new generation   total 78656K, used 4198K [0x1, 0x2, 0x3)
                  eden space 69952K,   6% used [0x1, 0x2, 0x3)
                 tenured generation   total 174784K, used 2K [0x1, 0x2, 0x3)
                   the space 174784K,   0% used [0x1, 0x2, 0x3, 0x4)
                 Metaspace       used 61K, committed 192K, reserved 1056768K
                  class space    used 2K, committed 128K, reserved 1048576K
                """))
        .hasValue(4200 << 10);
    assertThat(HeapInfo.used("Shenandoah Heap\n 256M max, 30M committed, 4M used\n"))
        .hasValue(4 << 20);
    assertThat(HeapInfo.used("nothing of the kind")).isEmpty();
  }
}
