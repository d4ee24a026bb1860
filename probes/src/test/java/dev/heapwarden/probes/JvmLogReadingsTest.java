package dev.heapwarden.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.Attachment.State;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.jvm.JavaProgram;
import dev.heapwarden.probes.jvm.JavaSource;
import dev.heapwarden.probes.jvm.JvmUsdt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Of real JVMs. */
@Timeout(120)
@Order(0)
class JvmLogReadingsTest {
  private static final JavaSource LEAKING =
      new JavaSource(
          "Leaking",
          """
          import java.util.ArrayList;
          import java.util.List;

          public class Leaking {
            public static void main(String[] args) throws Exception {
              System.out.println("ready");
              List<byte[]> kept = new ArrayList<>();
              while (true) {
                kept.add(new byte[200_000]);
                System.gc();
                Thread.sleep(200);
              }
            }
          }
          """);

  @TempDir private Path directory;
  private final ReadLogs read = new ReadLogs(Optional.empty());

  @AfterEach
  void end() {
    read.close();
  }

  /** Its log is rotated every few seconds. */
  @Test
  void aJvmWithoutCountersIsReadInItsLog() throws Exception {
    try (var program =
        start(
            "-XX:-UsePerfData",
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "-Xlog:gc*:file=" + directory.resolve("gc.log") + "::filecount=3,filesize=8k")) {
      var target = ReadLogs.target(RuntimeKind.JVM, program.pid());
      read.awaitSamples(target, Origin.JVM_GC_LOG, 8);

      assertThat(read.attachments(target))
          .containsExactly(new Attachment("JvmGcLog", State.ATTACHED, null));
      assertThat(read.jvms().attachments(target).getFirst().state()).isEqualTo(State.REFUSED);
      assertThat(read.liveHeap(Origin.JVM_GC_LOG)).isSorted();
      assertThat(read.ledger().values(target.container().key()))
          .containsKeys(
              Signal.POST_GC_LIVE_HEAP,
              Signal.OLD_GENERATION,
              Signal.GC_PAUSE_TIME,
              Signal.METASPACE);
      assertThat(Files.exists(directory.resolve("gc.log.0"))).as("it was rotated").isTrue();
      assertThat(read.counts().understoodLines()).isPositive();
    }
  }

  /** Its counters tell metaspace and threads, and neither pauses nor what its collections leave. */
  @Test
  void whatCountersDoNotTellTheLogTells() throws Exception {
    try (var program =
        start("-XX:+UseShenandoahGC", "-Xmx64m", "-Xlog:gc:file=" + directory.resolve("gc.log"))) {
      var target = ReadLogs.target(RuntimeKind.JVM, program.pid());
      read.awaitSamples(target, Origin.JVM_GC_LOG, 2);
      read.ledger().measured(target.container().key(), Map.of(Signal.ANONYMOUS_MEMORY, 1.0));

      assertThat(read.signals(Origin.HSPERFDATA))
          .contains(Signal.METASPACE, Signal.THREADS)
          .doesNotContain(
              Signal.POST_GC_LIVE_HEAP,
              Signal.OLD_GENERATION,
              Signal.COLLECTIONS,
              Signal.GC_PAUSE_TIME);
      assertThat(read.signals(Origin.JVM_GC_LOG))
          .contains(
              Signal.POST_GC_LIVE_HEAP,
              Signal.OLD_GENERATION,
              Signal.COLLECTIONS,
              Signal.GC_PAUSE_TIME)
          .doesNotContain(Signal.METASPACE);
    }
  }

  @Test
  void aJvmWithNeitherCountersNorALogIsLeftToTheProbesInIt() throws Exception {
    try (var program = start("-XX:-UsePerfData")) {
      var target = ReadLogs.target(RuntimeKind.JVM, program.pid());
      read.turnUntil(target, () -> read.silent(target));

      assertThat(read.jvms().withoutCounters(target))
          .hasValueSatisfying(usdt -> assertThat(usdt).isInstanceOf(JvmUsdt.Found.class));
    }
  }

  @Test
  void aJvmThatWritesALogIsNotLeftToItsProbes() throws Exception {
    try (var program = start("-XX:-UsePerfData", "-Xlog:gc:file=" + directory.resolve("gc.log"))) {
      var target = ReadLogs.target(RuntimeKind.JVM, program.pid());
      read.awaitAttachment(target);

      assertThat(read.silent(target)).isFalse();
    }
  }

  @Test
  void whileCountersSpeakNoLogIsRead() throws Exception {
    try (var program = start("-XX:+UseSerialGC", "-Xlog:gc:file=" + directory.resolve("gc.log"))) {
      var target = ReadLogs.target(RuntimeKind.JVM, program.pid());
      read.awaitSamples(target, Origin.HSPERFDATA, 4);

      assertThat(read.attachments(target)).isEmpty();
      assertThat(read.counts().understoodLines()).isZero();
      assertThat(read.silent(target)).isFalse();
      assertThat(read.jvms().withoutCounters(target)).isEmpty();
    }
  }

  /** In its first moments a JVM has none. */
  @Test
  void countersThatAreFoundAfterTheLogAreToldBesideIt() throws Exception {
    try (var program =
        start("-XX:+UseShenandoahGC", "-Xmx64m", "-Xlog:gc:file=" + directory.resolve("gc.log"))) {
      var target = ReadLogs.target(RuntimeKind.JVM, program.pid());
      read.ledger().targets(List.of(target));
      var none = new Attachment("JvmCounters", State.REFUSED, "it keeps no counters");
      ReadLogs.repeatUntil(() -> read.readLogs(target, List.of(none)), () -> read.logged() > 0);
      ReadLogs.repeatUntil(
          () -> read.jvms().read(List.of(target)),
          () -> read.jvms().attachments(target).getFirst().state() == State.ATTACHED);
      long before = read.logged();
      ReadLogs.repeatUntil(
          () -> read.readLogs(target, read.jvms().attachments(target)),
          () -> read.logged() > before + 2);

      assertThat(read.ledger().values(target.container().key())).containsKey(Signal.THREADS);
    }
  }

  private static JavaProgram start(String... options) throws Exception {
    return JavaProgram.start(LEAKING, JavaProgram.OWN, Map.of(), options);
  }
}
