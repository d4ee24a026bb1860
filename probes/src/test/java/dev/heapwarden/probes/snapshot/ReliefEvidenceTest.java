package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.probes.jvm.JavaProgram;
import dev.heapwarden.probes.jvm.JavaSource;
import dev.heapwarden.probes.jvm.JvmAttach;
import dev.heapwarden.probes.target.ProcFs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On real JVMs whose heap is garbage for the larger part. */
class ReliefEvidenceTest {
  private static final ProcFs PROC = new ProcFs(Path.of("/proc"));

  private static final JavaSource SOURCE =
      new JavaSource(
          "Wasteful",
          """
          public class Wasteful {
            static Object kept;
            public static void main(String[] args) throws Exception {
              var all = new java.util.ArrayList<byte[]>();
              for (int i = 0; i < 640; i++) { all.add(new byte[1 << 16]); }
              kept = all.get(0);
              all = null;
              System.out.println("ready");
              System.in.read();
            }
          }
          """);

  private static final Pattern SAID =
      Pattern.compile(
          "GC\\.run gave back .* of .* of anonymous memory; its heap held ([0-9.]+) MiB before and"
              + " holds ([0-9.]+) MiB, in [0-9.]+ s; what leaks is as it was");

  @TempDir private Path directory;

  @Test
  void aCollectionThatIsAskedForSaysWhatItGaveBack() throws Exception {
    try (var program = start("-Xmx64m", "-XX:+UseSerialGC")) {
      var taken =
          (Evidence.Taken)
              relief(new PauseBounds(true, Duration.ofSeconds(30), Optional.empty()))
                  .collect(JvmOrder.of(program.pid()));
      var said = taken.told().advice().getFirst();
      assertThat(said).matches(SAID);
      var figures = SAID.matcher(said);
      assertThat(figures.matches()).isTrue();
      assertThat(Double.parseDouble(figures.group(1))).isGreaterThan(40);
      assertThat(Double.parseDouble(figures.group(2))).isLessThan(10);
      assertThat(Unzipped.text(taken.stored().path())).isEqualTo(said + "\n");
      assertThat(taken.stall()).isPositive();
    }
  }

  @Test
  void aJvmThatWouldStandStillForTooLongIsNotCollected() throws Exception {
    try (var program = start("-Xmx64m", "-XX:+UseSerialGC", "-Xlog:gc")) {
      var evidence =
          relief(new PauseBounds(false, Duration.ofMillis(1), Optional.empty()))
              .collect(JvmOrder.of(program.pid()));
      assertThat(((Evidence.Refused) evidence).reason()).startsWith("a full collection could stop");
    }
  }

  /** Of 17 and of 25: the option keeps the program itself from it. */
  @ParameterizedTest
  @ValueSource(strings = {"", "java"})
  void aJvmThatDisablesExplicitCollectionsIsCollectedAllTheSame(String java) throws Exception {
    var of = java.isEmpty() ? JavaProgram.OWN : java;
    try (var program =
        JavaProgram.start(SOURCE, of, Map.of(), "-Xmx64m", "-XX:+DisableExplicitGC")) {
      var taken =
          (Evidence.Taken) relief(PauseBounds.IN_SERVICE).collect(JvmOrder.of(program.pid()));
      var figures = SAID.matcher(taken.told().advice().getFirst());
      assertThat(figures.matches()).isTrue();
      assertThat(Double.parseDouble(figures.group(2))).isLessThan(10);
    }
  }

  @Test
  void whatTheLibraryKeepsOfNativeMemoryIsGivenBack() throws Exception {
    try (var program = start("-Xmx64m")) {
      var taken =
          (Evidence.Taken)
              TestCollector.storingIn(directory)
                  .take(SnapshotKind.TRIM_NATIVE_HEAP, JvmOrder.of(program.pid()));
      assertThat(taken.told().advice().getFirst()).startsWith("System.trim_native_heap gave back ");
      assertThat(program.alive()).isTrue();
    }
  }

  @Test
  void withoutAJvmThereIsNothingToAsk() throws Exception {
    assertThat(relief(PauseBounds.IN_SERVICE).collect(JvmOrder.of()))
        .isEqualTo(new Evidence.Refused("no JVM runs in it"));
    assertThat(relief(PauseBounds.IN_SERVICE).trim(JvmOrder.of()))
        .isEqualTo(new Evidence.Refused("no JVM runs in it"));
  }

  @Test
  void autoStandsForNeither() throws Exception {
    try (var program = start("-Xmx64m")) {
      assertThat(Kinds.of(List.of(SnapshotKind.AUTO), JvmOrder.of(program.pid())))
          .isNotEmpty()
          .doesNotContain(SnapshotKind.COLLECT_GARBAGE, SnapshotKind.TRIM_NATIVE_HEAP);
    }
  }

  private ReliefEvidence relief(PauseBounds bounds) throws Exception {
    var store = new ArtifactStore(directory.resolve("store"), 1 << 24);
    return new ReliefEvidence(
        new JvmEvidence(new JvmAttach(PROC.root()), PROC, store),
        store,
        PROC,
        new StallGuard("a full collection", _ -> bounds),
        new StallGuard("giving back native memory", _ -> bounds));
  }

  private static JavaProgram start(String... options) throws Exception {
    return JavaProgram.start(SOURCE, JavaProgram.OWN, Map.of(), options);
  }
}
