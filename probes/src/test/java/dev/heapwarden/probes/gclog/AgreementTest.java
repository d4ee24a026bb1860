package dev.heapwarden.probes.gclog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.heapwarden.probes.jvm.Counters;
import dev.heapwarden.probes.jvm.JavaProgram;
import dev.heapwarden.probes.jvm.JavaSource;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** On real JVMs that keep counters and write a log. */
class AgreementTest {
  private static final Path PROC = Path.of("/proc");

  /** Keeps 100 MB and some classes, throws ten times as much away, and ends with a collection. */
  private static final JavaSource KEEPING =
      new JavaSource(
          "Keeping",
          """
          import java.util.ArrayList;
          import java.util.List;

          public class Keeping {
            static volatile Object sink;

            public static void main(String[] args) throws Exception {
              List<byte[]> kept = new ArrayList<>();
              for (int i = 0; i < 100_000; i++) {
                byte[] block = new byte[10_000];
                sink = block;
                if (i % 10 == 0) {
                  kept.add(block);
                }
              }
              System.gc();
              System.gc();
              System.out.println("ready");
              System.in.read();
              System.out.println(kept.size());
            }
          }
          """);

  /** Each reads its own clock: on a busy machine a JVM may be put off between two readings. */
  private static final int ROUNDS = 4;

  @TempDir private Path directory;

  static Stream<Arguments> jvms() {
    return Stream.of(JavaProgram.OWN, "java")
        .flatMap(
            java ->
                Stream.of("Serial", "Parallel", "G1")
                    .map(collector -> Arguments.of(java, collector)));
  }

  @ParameterizedTest
  @MethodSource("jvms")
  void theLogSaysWhatTheCountersSay(String java, String collector) throws Exception {
    double difference = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS && difference >= 0.05; round++) {
      difference = Math.min(difference, differenceOfPauses(java, collector, round));
    }
    assertThat(difference).as("difference of pauses").isLessThan(0.05);
  }

  /** When all else agrees. */
  private double differenceOfPauses(String java, String collector, int round) throws Exception {
    var file = directory.resolve(round + ".log");
    try (var program =
        JavaProgram.start(
            KEEPING,
            java,
            Map.of(),
            "-Xmx400m",
            "-XX:+Use" + collector + "GC",
            "-Xlog:gc*:file=" + file)) {
      var log = new JvmGcLog();
      RecordedLogs.lines(file).forEach(log::read);
      var logged = log.told();
      var counted = Counters.of(program.pid(), PROC).orElseThrow().read();

      assertThat((double) logged.oldUsed().orElseThrow())
          .as("old generation after the last collection")
          .isGreaterThan(95e6)
          .isCloseTo((double) counted.oldUsed(), withinPercentage(5));
      assertThat((double) logged.metaspaceUsed().orElseThrow())
          .as("metaspace")
          .isCloseTo((double) counted.metaspaceUsed(), withinPercentage(5));
      assertThat(logged.oldCollections().orElseThrow())
          .as("collections that cleaned")
          .isGreaterThanOrEqualTo(2)
          .isBetween(
              counted.oldCollections().orElseThrow(), counted.oldCollections().orElseThrow() + 1);
      return Math.abs(logged.pauseSeconds().orElseThrow() / counted.pauseSeconds() - 1);
    }
  }
}
