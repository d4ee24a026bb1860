package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.ClassReport;
import dev.heapwarden.probes.jvm.JavaProgram;
import dev.heapwarden.probes.jvm.JavaSource;
import dev.heapwarden.probes.jvm.JvmAttach;
import dev.heapwarden.probes.sample.ClassCount;
import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On a real JVM that leaks. */
class JvmEvidenceTest {
  /** Keeps Keys and drops Requests. It sleeps so as to leak slowly: no test waits for that. */
  private static final JavaSource SOURCE =
      new JavaSource(
          "Leaking",
          """
          public class Leaking {
            static class Key { long a; }
            static class Request { byte[] body = new byte[1000]; }
            static Object last;
            public static void main(String[] args) throws Exception {
              var kept = new java.util.ArrayList<Key>();
              System.out.println("ready");
              while (true) {
                for (int i = 0; i < 50; i++) { kept.add(new Key()); }
                for (int i = 0; i < 200; i++) { last = new Request(); }
                Thread.sleep(1);
              }
            }
          }
          """);

  private static final ProcFs PROC = new ProcFs(Path.of("/proc"));

  @TempDir private Path directory;

  @Test
  void theClassThatIsKeptGrowsAndTheOneThatIsDroppedDoesNotHideIt() throws Exception {
    try (var program = start("-Xmx64m", "-Xmn8m", "-XX:+UseSerialGC")) {
      var store = new ArtifactStore(directory.resolve("store"), 1 << 24);
      var jvm = new JvmEvidence(new JvmAttach(PROC.root()), PROC, store);

      var told = new ArrayList<ClassCount>();
      var evidence =
          new ClassGrowthEvidence(
              jvm,
              store,
              PROC,
              new CountForecast(PROC),
              guard(PauseBounds.IN_SERVICE),
              (_, _, counts) -> told.addAll(counts));
      var taken = (Evidence.Taken) evidence.take(JvmOrder.of(program.pid()));
      assertThat(told)
          .extracting(
              count ->
                  Objects.requireNonNull(count.histogram().classes().get("Leaking$Key"))
                      .instances())
          .hasSize(3)
          .isSorted()
          .doesNotHaveDuplicates();
      assertThat(taken.told().classes())
          .filteredOn(found -> !found.platform())
          .first()
          .extracting(ClassReport::className)
          .isEqualTo("Leaking$Key");
      assertThat(Unzipped.text(taken.stored().path())).contains("Leaking$Key");
      assertThat(taken.stall()).isPositive();

      var threads = (Evidence.Taken) jvm.take(JvmOrder.of(program.pid()), "Thread.print", "t.txt");
      assertThat(Unzipped.text(threads.stored().path())).contains("\"main\"");
      assertThat(jvm.takeNativeMemory(JvmOrder.of(program.pid())))
          .isEqualTo(new Evidence.Refused("it was started without -XX:NativeMemoryTracking"));
      assertThat(program.alive()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"summary, false", "detail, true"})
  void aJvmThatTracksItsNativeMemorySaysWhatItIsForAndWhereItWasAllocated(
      String tracking, boolean detailed) throws Exception {
    try (var program = start("-Xmx64m", "-XX:NativeMemoryTracking=" + tracking)) {
      var store = new ArtifactStore(directory.resolve("store"), 1 << 24);
      var jvm = new JvmEvidence(new JvmAttach(PROC.root()), PROC, store);
      var memory = (Evidence.Taken) jvm.takeNativeMemory(JvmOrder.of(program.pid()));
      assertThat(memory.stored().path()).hasFileName("native-memory.txt.gz");
      var text = Unzipped.text(memory.stored().path());
      assertThat(text).contains("Java Heap", "Total:");
      assertThat(text.contains("Virtual memory map:")).isEqualTo(detailed);
    }
  }

  /** Whatever was expected. */
  @Test
  void aJvmThatStoodStillForTooLongIsNotCountedAgain() throws Exception {
    try (var program = start("-Xmx64m", "-XX:+UseSerialGC")) {
      var store = new ArtifactStore(directory.resolve("store"), 1 << 24);
      var jvm = new JvmEvidence(new JvmAttach(PROC.root()), PROC, store);
      var expectsNothing = new CountForecast(PROC, 0);
      var forbidsAll = guard(new PauseBounds(false, Duration.ofNanos(1), Optional.empty()));
      var told = new ArrayList<ClassCount>();
      var evidence =
          new ClassGrowthEvidence(
              jvm, store, PROC, expectsNothing, forbidsAll, (_, _, counts) -> told.addAll(counts));

      var first = (Evidence.Taken) evidence.take(JvmOrder.of(program.pid()));
      assertThat(Unzipped.text(first.stored().path()).lines()).filteredOn(this::isHead).hasSize(1);
      assertThat(first.stall()).isPositive();
      assertThat(first.told().classes()).isEmpty();
      assertThat(told).isEmpty();
      assertThat(((Evidence.Refused) evidence.take(JvmOrder.of(program.pid()))).reason())
          .contains("counting its heap again could stop it");
    }
  }

  private static StallGuard guard(PauseBounds bounds) {
    return new StallGuard("counting its heap", _ -> bounds);
  }

  private boolean isHead(String line) {
    return line.contains("#instances");
  }

  @Test
  void aContainerWithoutAJvmIsToldSo() throws Exception {
    var store = new ArtifactStore(directory.resolve("store"), 1 << 24);
    var jvm = new JvmEvidence(new JvmAttach(PROC.root()), PROC, store);

    assertThat(jvm.take(JvmOrder.of(), "Thread.print", "t.txt"))
        .isEqualTo(new Evidence.Refused("no JVM runs in it"));
  }

  private static JavaProgram start(String... options) throws IOException {
    return JavaProgram.start(SOURCE, JavaProgram.OWN, Map.of(), options);
  }
}
