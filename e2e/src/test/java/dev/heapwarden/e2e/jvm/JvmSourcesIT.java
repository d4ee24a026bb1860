package dev.heapwarden.e2e.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.probes.jvm.JvmFigures;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A JVM's counters, its log and its static probes, all on at once: whichever the agent takes, the
 * figures are the same. It needs root, and bpftrace from the agent's image: {@code mvn verify
 * -Pmatrix}.
 */
@Tag("matrix")
@Isolated("others probe the same libjvm")
@ExtendWith(ClusterExtension.class)
class JvmSourcesIT {
  private static final int COLLECTIONS = 5;

  /** Each reads its own clock: on a busy machine a JVM may be put off between two readings. */
  private static final int ROUNDS = 4;

  private static final JvmFigures NOTHING =
      new JvmFigures(
          Origin.JVM_USDT,
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.of(0),
          OptionalDouble.of(0),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty());

  private static final int TOLERANCE = 5;
  private static final String READY = "ready";
  private static final String OWN =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  @TempDir private Path directory;

  /**
   * Needs no cluster itself.
   *
   * @param cluster whose image bpftrace is taken from
   */
  JvmSourcesIT(Cluster cluster) {}

  /** The JDK of the tests, 25, and the machine's, 17 or newer. */
  static Stream<Arguments> jvms() {
    return Stream.of(OWN, "java")
        .flatMap(
            java ->
                Stream.of("Serial", "Parallel", "G1")
                    .map(collector -> Arguments.of(java, collector)));
  }

  @ParameterizedTest
  @MethodSource("jvms")
  void countersLogAndProbesAgree(String java, String collector) throws Exception {
    JvmMatrix.compile(directory);
    var program = start(java, collector);
    try (BufferedReader output = program.inputReader();
        var sources =
            new JvmSources(
                ready(program, output),
                JvmMatrix.made("bpftrace").resolve("bpftrace"),
                Path.of("/tmp/js" + ProcessHandle.current().pid()))) {
      sources.awaitAttached();
      // What was written before it is found is not counted.
      assertThat(sources.log()).isEmpty();
      var before = new Reading(NOTHING, sources.counters(), NOTHING);
      double least = Double.MAX_VALUE;
      for (int round = 1; round <= ROUNDS; round++) {
        for (int i = 0; i < COLLECTIONS; i++) {
          program.getOutputStream().write('\n');
          program.getOutputStream().flush();
          assertThat(output.readLine()).startsWith("held=");
        }
        var after =
            new Reading(
                sources.probes((long) round * COLLECTIONS),
                sources.counters(),
                sources.log().orElseThrow());
        after.agreesButForPauses(before);
        least = Math.min(least, after.differenceOfPauses(before));
        before = after;
      }
      assertThat(least).as("difference of pauses").isLessThan(TOLERANCE / 100.0);
    } finally {
      program.destroyForcibly();
    }
  }

  /** What all of them tell after the same collections. */
  private record Reading(JvmFigures probes, JvmFigures counters, JvmFigures log) {
    void agreesButForPauses(Reading before) {
      assertThat(collections(probes, before.probes)).isEqualTo(COLLECTIONS);
      assertThat(collections(counters, before.counters)).isEqualTo(COLLECTIONS);
      assertThat(collections(log, before.log)).isEqualTo(COLLECTIONS);
      alike("old generation", JvmFigures::oldUsed);
      alike("metaspace", JvmFigures::metaspaceUsed);
    }

    /** The largest share by which two differ. */
    double differenceOfPauses(Reading before) {
      var pauses =
          DoubleStream.of(
                  pauses(probes, before.probes),
                  pauses(counters, before.counters),
                  pauses(log, before.log))
              .summaryStatistics();
      assertThat(pauses.getMin()).isPositive();
      return pauses.getMax() / pauses.getMin() - 1;
    }

    private void alike(String what, Function<JvmFigures, OptionalLong> figure) {
      for (var other : List.of(counters, log)) {
        assertThat((double) figure.apply(probes).orElseThrow())
            .as("%s, against %s", what, other.origin())
            .isCloseTo((double) figure.apply(other).orElseThrow(), withinPercentage(TOLERANCE));
      }
    }

    private static long collections(JvmFigures after, JvmFigures before) {
      return after.oldCollections().orElseThrow() - before.oldCollections().orElseThrow();
    }

    private static double pauses(JvmFigures after, JvmFigures before) {
      return after.pauseSeconds().orElseThrow() - before.pauseSeconds().orElseThrow();
    }
  }

  /** A young generation so small that there are collections of it too. */
  private Process start(String java, String collector) throws IOException {
    return new ProcessBuilder(
            List.of(
                java,
                "-Xmx384m",
                "-Xmn24m",
                "-XX:+Use" + collector + "GC",
                "-Xlog:gc*:file=" + directory.resolve("gc.log"),
                "-cp",
                directory.toString(),
                "Figures"))
        .redirectErrorStream(true)
        .start();
  }

  private static long ready(Process program, BufferedReader output) throws IOException {
    for (var line = output.readLine(); !READY.equals(line); line = output.readLine()) {
      if (line == null) {
        throw new IOException("the JVM ended before it was ready");
      }
    }
    return program.pid();
  }
}
