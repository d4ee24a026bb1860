package dev.heapwarden.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.Attachment.State;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.jvm.JavaProgram;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.sample.WallClock;
import dev.heapwarden.probes.target.Offers;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.Web;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On real JVMs; what stands for them in /proc is chosen by the test. */
@Timeout(60)
class JvmReadingsTest {
  @TempDir private Path proc;
  private final SampleBuffer buffer = new SampleBuffer(100, 100, new Random(1));
  private Ledger ledger = new Ledger(buffer, new Sites(), WallClock.system(), Path.of("/proc"));
  private JvmReadings readings = new JvmReadings(ledger, Path.of("/proc"));

  @AfterEach
  void end() {
    readings.close();
  }

  @Test
  void whileAContainersFilesDoNotAnswerTheOthersAreRead() throws Exception {
    start();
    Files.createDirectory(proc.resolve("7"));
    var pipe = proc.resolve("7/status");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    try (var program = JavaProgram.start()) {
      link(8, program);
      var hung = target("hung", 7);
      var sound = target("sound", 8);
      var writing = new FutureTask<>(() -> Files.newOutputStream(pipe));
      Thread.ofPlatform().daemon().start(writing);
      awaitState(List.of(hung, sound), sound, State.ATTACHED);

      // Who would write to a pipe waits until it is read.
      try (var _ = writing.get(10, TimeUnit.SECONDS)) {
        assertThat(readings.attachments(sound))
            .containsExactly(
                new Attachment("JvmCounters", State.ATTACHED, null),
                new Attachment("JvmLiveHeap", State.ATTACHED, null),
                new Attachment("JvmPauses", State.ATTACHED, null));
        assertThat(ledger.values(sound.container().key())).containsKey(Signal.THREADS);
        assertThat(readings.attachments(hung).getFirst().state()).isEqualTo(State.PENDING);
      }
    }
  }

  @Test
  void twoJvmsThatWriteOneFileAreBothRefused() throws Exception {
    start();
    try (var program = JavaProgram.start()) {
      link(7, program);
      link(8, program);
      var first = target("a", 7);
      var second = target("b", 8);
      awaitState(List.of(first), first, State.ATTACHED);
      awaitState(List.of(first, second), second, State.REFUSED);
      awaitState(List.of(first, second), first, State.REFUSED);

      assertThat(List.of(first, second))
          .allSatisfy(
              target ->
                  assertThat(readings.attachments(target).getFirst().reason())
                      .contains("another JVM writes the same file"));
    }
  }

  @Test
  void ofTwoJvmsInAContainerOneIsJudgedAndSaidToBe() throws Exception {
    try (var small = JavaProgram.start();
        var large = JavaProgram.start()) {
      var target = target("both", small.pid(), large.pid());
      awaitState(List.of(target), target, State.ATTACHED);

      var attachment = readings.attachments(target).getFirst();
      assertThat(attachment.state()).isEqualTo(State.ATTACHED);
      assertThat(attachment.reason())
          .isEqualTo(
              "of its 2 JVMs the one with pid %d is judged, which holds most"
                  .formatted(large.pid()));
    }
  }

  @Test
  void whatACollectorDoesNotTellIsRefusedAndTheRestIsRead() throws Exception {
    try (var program = JavaProgram.start("-XX:+UseShenandoahGC")) {
      var target = target("shenandoah", program.pid());
      awaitState(List.of(target), target, State.ATTACHED);

      assertThat(readings.attachments(target))
          .containsExactly(
              new Attachment("JvmCounters", State.ATTACHED, null),
              new Attachment(
                  "JvmLiveHeap",
                  State.REFUSED,
                  "the counters of Shenandoah do not tell what its collections leave"),
              new Attachment(
                  "JvmPauses",
                  State.REFUSED,
                  "the counters of Shenandoah do not tell for how long its collections stop the"
                      + " program"));
      assertThat(ledger.values(target.container().key()))
          .containsKey(Signal.METASPACE)
          .doesNotContainKeys(Signal.OLD_GENERATION, Signal.GC_PAUSE_TIME);
    }
  }

  @Test
  void aJvmWithoutCountersIsRefusedWithTheReason() throws Exception {
    try (var program = JavaProgram.start("-XX:-UsePerfData")) {
      var target = target("none", program.pid());
      awaitState(List.of(target), target, State.REFUSED);

      assertThat(readings.attachments(target).getFirst().reason()).contains("-XX:-UsePerfData");
    }
  }

  private void start() {
    readings.close();
    ledger = new Ledger(buffer, new Sites(), WallClock.system(), proc);
    readings = new JvmReadings(ledger, proc);
  }

  private void link(long pid, JavaProgram program) throws IOException {
    Files.createSymbolicLink(
        proc.resolve(Long.toString(pid)), Path.of("/proc", Long.toString(program.pid())));
  }

  /** Reads again and again, as the agent does, until the target's counters are in this state. */
  private void awaitState(List<Target> targets, Target target, State state) {
    ledger.targets(targets);
    await()
        .pollInSameThread()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              readings.read(targets);
              return readings.attachments(target).getFirst().state() == state;
            });
  }

  private static Target target(String container, long... pids) {
    return new Target(
        Web.watched(Web.key(container), Offers.none()),
        Optional.empty(),
        LongStream.of(pids).mapToObj(pid -> process(container, pid)).toList());
  }

  /** The higher its pid, the larger. */
  private static TargetProcess process(String container, long pid) {
    return new TargetProcess(
        new TargetProcess.Identity(container, pid, 1, new ExecutableId(1, pid)),
        pid,
        RuntimeKind.JVM,
        Path.of("/proc/exe"),
        Optional.empty(),
        Optional.of("not Go"),
        0);
  }
}
