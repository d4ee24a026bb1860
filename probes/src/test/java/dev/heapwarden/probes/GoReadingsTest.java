package dev.heapwarden.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.Attachment.State;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.buffer.Position;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.gomemory.GoMemoryProgram;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.sample.WallClock;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.WatchedContainer;
import dev.heapwarden.probes.target.Web;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On real Go programs. */
@Timeout(120)
class GoReadingsTest {
  private static final Path PROC = Path.of("/proc");
  private static final Duration INTERVAL = Duration.ofMillis(500);

  private final SampleBuffer buffer = new SampleBuffer(1000, 1000, new Random(1));
  private final Ledger ledger = new Ledger(buffer, new Sites(), WallClock.system(), PROC);
  private final GoReadings readings = new GoReadings(ledger, new ProcFs(PROC));

  @AfterEach
  void end() {
    readings.close();
  }

  @Test
  void aProgramsGoroutinesAndItsHeapAreToldAtItsPolicysPace() throws Exception {
    try (var program = GoMemoryProgram.start("local")) {
      var target = target(RuntimeChoice.AUTO, program.target(0));
      turnUntil(target, () -> assertThat(told()).hasSizeGreaterThanOrEqualTo(3));

      assertThat(readings.attachments(target))
          .contains(new Attachment("GoMemory", State.ATTACHED, null));
      assertThat(told())
          .allSatisfy(
              sample -> {
                assertThat(sample.values()).containsEntry(Signal.GOROUTINES, 58.0);
                assertThat(value(sample, Signal.HEAP_SYS))
                    .isEqualTo(value(sample, Signal.HEAP_IN_USE) + value(sample, Signal.HEAP_IDLE));
                assertThat(value(sample, Signal.HEAP_IN_USE)).isGreaterThan(50e6);
                assertThat(
                        value(sample, Signal.ALLOCATED_OBJECTS)
                            - value(sample, Signal.FREED_OBJECTS))
                    .isBetween(300_000.0, 400_000.0);
                assertThat(
                        value(sample, Signal.ALLOCATED_BYTES) - value(sample, Signal.FREED_BYTES))
                    .isBetween(50e6, 90e6);
              });
      assertThat(Duration.between(told().get(0).at(), told().get(2).at()))
          .isGreaterThanOrEqualTo(INTERVAL.multipliedBy(2).minusMillis(20));
      assertThat(ledger.values(Web.KEY)).containsKeys(Signal.GOROUTINES, Signal.SPAN_IN_USE);
    }
  }

  @Test
  void aStrippedProgramIsReadToo() throws Exception {
    try (var program = GoMemoryProgram.stripped()) {
      var target = target(RuntimeChoice.AUTO, program.target(0));
      turnUntil(
          target,
          () ->
              assertThat(readings.attachments(target))
                  .contains(new Attachment("GoMemory", State.ATTACHED, null)));
      assertThat(ledger.values(Web.KEY)).containsKeys(Signal.GOROUTINES, Signal.SPAN_IN_USE);
    }
  }

  @Test
  void anotherProcessWithThePidOfOneThatEndedIsNotRead() throws Exception {
    try (var program = GoMemoryProgram.start("local")) {
      var target = target(RuntimeChoice.AUTO, program.target(1));
      turnUntil(
          target,
          () ->
              assertThat(readings.attachments(target))
                  .contains(new Attachment("GoMemory", State.REFUSED, "the process has ended")));
      assertThat(told()).isEmpty();
    }
  }

  @Test
  void ofSeveralTheOneThatIsReadIsSaidToBe() throws Exception {
    try (var one = GoMemoryProgram.start("local");
        var two = GoMemoryProgram.start("local")) {
      var target = target(RuntimeChoice.AUTO, one.target(0), two.target(0));
      turnUntil(
          target,
          () ->
              assertThat(readings.attachments(target))
                  .contains(
                      new Attachment(
                          "GoMemory",
                          State.ATTACHED,
                          "of its 2 Go programs the one that holds most is read")));
    }
  }

  @Test
  void besideAJvmThatIsJudgedNoneIsRead() throws Exception {
    try (var program = GoMemoryProgram.start("local")) {
      var go = program.target(0);
      var jvm =
          new TargetProcess(
              new TargetProcess.Identity("id", 1, 1, go.identity().executable()),
              Long.MAX_VALUE,
              RuntimeKind.JVM,
              Path.of("/proc/1/root/java"),
              Optional.empty(),
              Optional.empty(),
              0);

      assertThat(readings.attachments(target(RuntimeChoice.AUTO, go, jvm))).isEmpty();
      assertThat(readings.attachments(target(RuntimeChoice.NATIVE, go))).isEmpty();
      assertThat(readings.attachments(target(RuntimeChoice.GO, go, jvm)))
          .contains(new Attachment("GoMemory", State.PENDING, "it was not looked at yet"));
    }
  }

  private void turnUntil(Target target, org.awaitility.core.ThrowingRunnable assertion) {
    ledger.targets(List.of(target));
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> {
              readings.read(List.of(target));
              assertion.run();
            });
  }

  private static double value(Sample sample, Signal signal) {
    return Objects.requireNonNull(sample.values().get(signal));
  }

  private List<Sample> told() {
    return buffer.since(Position.start()).samples().stream()
        .filter(sample -> sample.origin() == Origin.GO_MEMORY)
        .toList();
  }

  private static Target target(RuntimeChoice choice, TargetProcess... processes)
      throws IOException {
    var web = Web.watched();
    return new Target(
        new WatchedContainer(
            web.key(),
            web.policy(),
            choice,
            INTERVAL,
            Instant.EPOCH,
            web.offers(),
            web.overheadBudget()),
        Optional.empty(),
        List.of(processes));
  }
}
