package dev.heapwarden.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.Attachment.State;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.jvm.JavaProgram;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.sample.WallClock;
import dev.heapwarden.probes.target.Pprof;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.WatchedContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On real JVMs; what stands for them in /proc is chosen by the test. */
@Timeout(60)
class JvmReadingsTest {
  @TempDir private Path proc;
  @TempDir private Path directory;

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
    try (var program = JavaProgram.start(directory)) {
      link(8, program);
      var hung = target("hung", 7);
      var sound = target("sound", 8);
      awaitAttachment(List.of(hung, sound), sound);

      assertThat(readings.attachments(sound))
          .containsExactly(new Attachment("JvmCounters", State.ATTACHED, null));
      assertThat(ledger.values(sound.container().key())).containsKey(Signal.THREADS);
      assertThat(readings.attachments(hung).getFirst().state()).isEqualTo(State.PENDING);
    } finally {
      Files.writeString(pipe, "");
    }
  }

  @Test
  void twoJvmsThatWriteOneFileAreBothRefused() throws Exception {
    start();
    try (var program = JavaProgram.start(directory)) {
      link(7, program);
      link(8, program);
      var first = target("a", 7);
      var second = target("b", 8);
      awaitAttachment(List.of(first), first);
      awaitAttachment(List.of(first, second), second);
      awaitAttachment(List.of(first, second), first);

      assertThat(List.of(first, second))
          .allSatisfy(
              target ->
                  assertThat(readings.attachments(target).getFirst().reason())
                      .contains("another JVM writes the same file"));
    }
  }

  @Test
  void ofTwoJvmsInAContainerOneIsJudgedAndSaidToBe() throws Exception {
    try (var small = JavaProgram.start(directory);
        var large = JavaProgram.start(directory)) {
      var target = target("both", small.pid(), large.pid());
      awaitAttachment(List.of(target), target);

      var attachment = readings.attachments(target).getFirst();
      assertThat(attachment.state()).isEqualTo(State.ATTACHED);
      assertThat(attachment.reason())
          .isEqualTo(
              "of its 2 JVMs the one with pid %d is judged, which holds most"
                  .formatted(large.pid()));
    }
  }

  @Test
  void aCollectorThatDoesNotTellWhatIsLiveIsRefusedAndTheRestIsRead() throws Exception {
    try (var program = JavaProgram.start(directory, "-XX:+UseShenandoahGC")) {
      var target = target("shenandoah", program.pid());
      awaitAttachment(List.of(target), target);

      assertThat(readings.attachments(target))
          .containsExactly(
              new Attachment("JvmCounters", State.ATTACHED, null),
              new Attachment(
                  "JvmLiveHeap",
                  State.REFUSED,
                  "the counters of Shenandoah do not tell what its collections leave"));
      assertThat(ledger.values(target.container().key()))
          .containsKey(Signal.METASPACE)
          .doesNotContainKey(Signal.OLD_GENERATION);
    }
  }

  @Test
  void aJvmWithoutCountersIsRefusedWithTheReason() throws Exception {
    try (var program = JavaProgram.start(directory, "-XX:-UsePerfData")) {
      var target = target("none", program.pid());
      awaitAttachment(List.of(target), target);

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

  /** Reads until the last of them has been looked at once more, as the agent does. */
  private void awaitAttachment(List<Target> targets, Target last) throws InterruptedException {
    ledger.targets(targets);
    readings.read(targets);
    Thread.sleep(1200);
    readings.read(targets);
    while (readings.attachments(last).getFirst().state() == State.PENDING) {
      Thread.sleep(10);
    }
    Thread.sleep(300);
  }

  private static Target target(String container, long... pids) {
    return new Target(
        new WatchedContainer(
            new ContainerKey("shop", "web-1", "uid", "web", container),
            "policy",
            RuntimeChoice.AUTO,
            Duration.ofSeconds(15),
            Instant.EPOCH,
            new Pprof.NotNamed()),
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
