package dev.heapwarden.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.Attachment.State;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.buffer.Position;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.gclog.GcLogCounts;
import dev.heapwarden.probes.gclog.GcLogs;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.jvm.JavaProgram;
import dev.heapwarden.probes.jvm.JavaSource;
import dev.heapwarden.probes.probe.CgroupMemory;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.sample.WallClock;
import dev.heapwarden.probes.target.Pprof;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.Web;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On real programs; what the container runtime writes of them, the test does. */
@Timeout(120)
@Order(0)
class LogReadingsTest {
  private static final Path PROC = Path.of("/proc");

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
  private final SampleBuffer buffer = new SampleBuffer(1000, 1000, new Random(1));
  private final Ledger ledger = new Ledger(buffer, new Sites(), WallClock.system(), PROC);
  private final JvmReadings jvms = new JvmReadings(ledger, PROC);
  private final GcLogCounts counts = new GcLogCounts();
  private Path podLogs;
  private LogReadings logs;

  @BeforeEach
  void start() throws IOException {
    podLogs = Files.createDirectory(directory.resolve("pods"));
    logs = reading(Optional.of(podLogs));
  }

  @AfterEach
  void end() {
    logs.close();
    jvms.close();
  }

  /** Its log is rotated every few seconds. */
  @Test
  void aJvmWithoutCountersIsReadInItsLog() throws Exception {
    var file = directory.resolve("gc.log");
    try (var program =
        JavaProgram.start(
            LEAKING,
            JavaProgram.OWN,
            Map.of(),
            "-XX:-UsePerfData",
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "-Xlog:gc*:file=" + file + "::filecount=3,filesize=8k")) {
      var target = target(RuntimeKind.JVM, program.pid());
      awaitSamples(target, Origin.JVM_GC_LOG, 8);

      assertThat(logs.attachments(target))
          .containsExactly(new Attachment("JvmGcLog", State.ATTACHED, null));
      assertThat(jvms.attachments(target).getFirst().state()).isEqualTo(State.REFUSED);
      assertThat(liveHeap(Origin.JVM_GC_LOG)).isSorted();
      assertThat(ledger.values(target.container().key()))
          .containsKeys(
              Signal.POST_GC_LIVE_HEAP,
              Signal.OLD_GENERATION,
              Signal.GC_PAUSE_TIME,
              Signal.METASPACE);
      assertThat(Files.exists(directory.resolve("gc.log.0"))).as("it was rotated").isTrue();
      assertThat(counts.understoodLines()).isPositive();
    }
  }

  /** Its counters tell metaspace and threads, and neither pauses nor what its collections leave. */
  @Test
  void whatCountersDoNotTellTheLogTells() throws Exception {
    var file = directory.resolve("gc.log");
    try (var program =
        JavaProgram.start(
            LEAKING,
            JavaProgram.OWN,
            Map.of(),
            "-XX:+UseShenandoahGC",
            "-Xmx64m",
            "-Xlog:gc:file=" + file)) {
      var target = target(RuntimeKind.JVM, program.pid());
      awaitSamples(target, Origin.JVM_GC_LOG, 2);
      ledger.measured(target.container().key(), new CgroupMemory(1, 1, OptionalLong.empty()));

      assertThat(signals(Origin.HSPERFDATA))
          .contains(Signal.METASPACE, Signal.THREADS)
          .doesNotContain(
              Signal.POST_GC_LIVE_HEAP,
              Signal.OLD_GENERATION,
              Signal.COLLECTIONS,
              Signal.GC_PAUSE_TIME);
      assertThat(signals(Origin.JVM_GC_LOG))
          .contains(
              Signal.POST_GC_LIVE_HEAP,
              Signal.OLD_GENERATION,
              Signal.COLLECTIONS,
              Signal.GC_PAUSE_TIME)
          .doesNotContain(Signal.METASPACE);
    }
  }

  @Test
  void whileCountersSpeakNoLogIsRead() throws Exception {
    var file = directory.resolve("gc.log");
    try (var program =
        JavaProgram.start(
            LEAKING, JavaProgram.OWN, Map.of(), "-XX:+UseSerialGC", "-Xlog:gc:file=" + file)) {
      var target = target(RuntimeKind.JVM, program.pid());
      awaitSamples(target, Origin.HSPERFDATA, 4);

      assertThat(logs.attachments(target)).isEmpty();
      assertThat(counts.understoodLines()).isZero();
    }
  }

  @Test
  void aGoProgramThatNoProbeReachesIsReadInItsContainersLog() throws Exception {
    try (var program = new TracingProgram(podLogs)) {
      var target = target(RuntimeKind.GO, program.pid());
      awaitSamples(target, Origin.GO_GCTRACE, 3);

      assertThat(logs.attachments(target))
          .containsExactly(new Attachment("GoGcTrace", State.ATTACHED, null));
      assertThat(liveHeap(Origin.GO_GCTRACE)).isSorted().last().matches(bytes -> bytes > 20 << 20);
      assertThat(samples(Origin.GO_GCTRACE).getLast().at())
          .isBetween(Instant.now().minusSeconds(30), Instant.now());
    }
  }

  @Test
  void withoutTheNodesLogsItIsRefusedWithTheReason() throws Exception {
    logs.close();
    logs = reading(Optional.empty());
    try (var program = new TracingProgram(podLogs)) {
      var target = target(RuntimeKind.GO, program.pid());
      awaitAttachment(target);

      assertThat(logs.attachments(target))
          .singleElement()
          .satisfies(
              found -> {
                assertThat(found.state()).isEqualTo(State.REFUSED);
                assertThat(found.reason()).contains("agent.podLogs");
              });
    }
  }

  @Test
  void ofSeveralThatWriteIntoOneLogNoneIsGuessedAt() throws Exception {
    try (var one = new TracingProgram(podLogs);
        var two = one.child(podLogs)) {
      var target = target(RuntimeKind.GO, one.pid(), two.pid());
      awaitAttachment(target);

      assertThat(logs.attachments(target))
          .singleElement()
          .satisfies(found -> assertThat(found.reason()).contains("several of its processes"));
    }
  }

  @Test
  void whenAnotherBeginsToWriteIntoItTheLogIsReadNoMore() throws Exception {
    try (var one = new TracingProgram(podLogs)) {
      awaitSamples(target(RuntimeKind.GO, one.pid()), Origin.GO_GCTRACE, 1);
      try (var two = one.child(podLogs)) {
        var both = target(RuntimeKind.GO, one.pid(), two.pid());
        turnUntil(
            both,
            () ->
                logs.attachments(both).stream()
                    .anyMatch(found -> String.valueOf(found.reason()).contains("several")));
      }
    }
  }

  /** As a probe of the kubelet is that executes a program. */
  @Test
  void anotherThatWritesElsewhereIsNoObstacle() throws Exception {
    try (var one = new TracingProgram(podLogs);
        var executed = new TracingProgram(directory)) {
      awaitSamples(target(RuntimeKind.GO, one.pid(), executed.pid()), Origin.GO_GCTRACE, 3);
    }
  }

  /** In its first moments a JVM has none. */
  @Test
  void countersThatAreFoundAfterTheLogAreToldBesideIt() throws Exception {
    var file = directory.resolve("gc.log");
    try (var program =
        JavaProgram.start(
            LEAKING,
            JavaProgram.OWN,
            Map.of(),
            "-XX:+UseShenandoahGC",
            "-Xmx64m",
            "-Xlog:gc:file=" + file)) {
      var target = target(RuntimeKind.JVM, program.pid());
      ledger.targets(List.of(target));
      var none = new Attachment("JvmCounters", State.REFUSED, "it keeps no counters");
      repeatUntil(() -> readLogs(target, List.of(none)), () -> logged() > 0);
      repeatUntil(
          () -> jvms.read(List.of(target)),
          () -> jvms.attachments(target).getFirst().state() == State.ATTACHED);
      long before = logged();
      repeatUntil(() -> readLogs(target, jvms.attachments(target)), () -> logged() > before + 2);

      assertThat(ledger.values(target.container().key())).containsKey(Signal.THREADS);
    }
  }

  private LogReadings reading(Optional<Path> containerLogs) {
    return new LogReadings(
        ledger, new GcLogs(containerLogs, new ProcFs(PROC), InstantSource.system(), counts));
  }

  /** Reads again and again, as the agent does. */
  private void turn(Target target) {
    jvms.read(List.of(target));
    readLogs(
        target,
        target.runtime() == RuntimeKind.GO
            ? List.of(new Attachment("GoGc", State.REFUSED, "no symbols"))
            : jvms.attachments(target));
  }

  private void readLogs(Target target, List<Attachment> others) {
    logs.read(List.of(target), _ -> others);
    ledger.flush();
  }

  private void awaitSamples(Target target, Origin origin, int count) {
    turnUntil(target, () -> samples(origin).size() >= count);
  }

  private void awaitAttachment(Target target) {
    turnUntil(target, () -> !logs.attachments(target).isEmpty());
  }

  private void turnUntil(Target target, BooleanSupplier holds) {
    ledger.targets(List.of(target));
    repeatUntil(() -> turn(target), holds);
  }

  private static void repeatUntil(Runnable turn, BooleanSupplier holds) {
    await()
        .pollInSameThread()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              turn.run();
              return holds.getAsBoolean();
            });
  }

  private long logged() {
    return samples(Origin.JVM_GC_LOG).size();
  }

  private List<Sample> samples(Origin origin) {
    return buffer.since(Position.start()).samples().stream()
        .filter(sample -> sample.origin() == origin)
        .toList();
  }

  private List<Double> liveHeap(Origin origin) {
    return samples(origin).stream()
        .flatMap(
            sample -> Optional.ofNullable(sample.values().get(Signal.POST_GC_LIVE_HEAP)).stream())
        .toList();
  }

  private List<Signal> signals(Origin origin) {
    return samples(origin).stream()
        .flatMap(sample -> sample.values().keySet().stream())
        .distinct()
        .toList();
  }

  /** Of its processes the first holds most. */
  private static Target target(RuntimeKind runtime, long... pids) {
    return new Target(
        Web.watched(Web.KEY, new Pprof.NotNamed()),
        Optional.empty(),
        IntStream.range(0, pids.length)
            .mapToObj(i -> process(runtime, pids[i], pids.length - i))
            .toList());
  }

  private static TargetProcess process(RuntimeKind runtime, long pid, long anonymousBytes) {
    return new TargetProcess(
        new TargetProcess.Identity(Web.KEY.containerId(), pid, 1, new ExecutableId(1, pid)),
        anonymousBytes,
        runtime,
        Path.of("/proc/exe"),
        Optional.empty(),
        Optional.of("no symbols"),
        0);
  }
}
