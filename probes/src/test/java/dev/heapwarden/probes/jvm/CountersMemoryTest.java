package dev.heapwarden.probes.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.detection.sample.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** On real JVMs. */
class CountersMemoryTest {
  private static final Path PROC = Path.of("/proc");

  /** The JDK of the tests, and the machine's own: 17 or newer. */
  static Stream<String> javas() {
    return Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "java");
  }

  @ParameterizedTest
  @MethodSource("javas")
  void aJvmThatKeepsNoFileIsReadInItsMemory(String java) throws Exception {
    try (var program =
        JavaProgram.startWith(java, "-XX:+PerfDisableSharedMem", "-XX:+UseSerialGC", "-Xmx64m")) {
      var counters = Counters.of(program.pid(), PROC).orElseThrow();

      assertThat(counters.file()).isEmpty();
      assertThat(counters.innerPid()).isEqualTo(program.pid());
      var read = counters.read();
      assertThat(read.origin()).isEqualTo(Origin.JVM_MEMORY);
      assertThat(read.collector()).isEqualTo(Collector.SERIAL);
      assertThat(read.oldLimit()).isBetween(32L << 20, 64L << 20);
      assertThat(read.threads()).isPositive();
    }
  }

  @ParameterizedTest
  @MethodSource("javas")
  void itsMemorySaysWhatItsFileSays(String java) throws Exception {
    try (var program = JavaProgram.startWith(java, "-Xmx64m")) {
      var file = Counters.of(program.pid(), PROC).orElseThrow();
      assertThat(file.origin()).isEqualTo(Origin.HSPERFDATA);

      var memory = CountersMemory.of(JvmProcess.of(program.pid(), PROC)).orElseThrow().read();
      assertThat(memory.version()).isNotEmpty().isEqualTo(file.read().version());
      assertThat(memory.oldLimit()).isEqualTo(file.read().oldLimit());
    }
  }

  @Test
  void aJvmThatCountsNothingHasNoCounters() throws Exception {
    try (var program = JavaProgram.start("-XX:-UsePerfData")) {
      assertThat(Counters.of(program.pid(), PROC)).isEmpty();
    }
  }

  @Test
  void aProgramThatIsNoJvmHasNone() throws Exception {
    var program = new ProcessBuilder("cat").start();
    try {
      assertThat(Counters.of(program.pid(), PROC)).isEmpty();
    } finally {
      program.destroyForcibly();
    }
  }

  @Test
  void aJvmThatEndedIsNotRead() throws Exception {
    try (var program = JavaProgram.start("-XX:+PerfDisableSharedMem")) {
      var counters = Counters.of(program.pid(), PROC).orElseThrow();
      program.end();
      ProcessHandle.of(program.pid()).ifPresent(handle -> handle.onExit().join());

      assertThatThrownBy(counters::read).isInstanceOf(IOException.class);
      assertThat(counters.now()).isEmpty();
    }
  }
}
