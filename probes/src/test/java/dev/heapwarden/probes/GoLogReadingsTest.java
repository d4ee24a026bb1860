package dev.heapwarden.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.Attachment.State;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.RuntimeKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Of real Go programs; what the container runtime writes of them, the test does. */
@Timeout(120)
@Order(0)
class GoLogReadingsTest {
  @TempDir private Path directory;
  private Path podLogs;
  private ReadLogs read;

  @BeforeEach
  void start() throws IOException {
    podLogs = Files.createDirectory(directory.resolve("pods"));
    read = new ReadLogs(Optional.of(podLogs));
  }

  @AfterEach
  void end() {
    read.close();
  }

  @Test
  void aGoProgramThatNoProbeReachesIsReadInItsContainersLog() throws Exception {
    try (var program = new TracingProgram(podLogs)) {
      var target = ReadLogs.target(RuntimeKind.GO, program.pid());
      read.awaitSamples(target, Origin.GO_GCTRACE, 3);

      assertThat(read.attachments(target))
          .containsExactly(new Attachment("GoGcTrace", State.ATTACHED, null));
      assertThat(read.liveHeap(Origin.GO_GCTRACE))
          .isSorted()
          .last()
          .matches(bytes -> bytes > 20 << 20);
      assertThat(read.samples(Origin.GO_GCTRACE).getLast().at())
          .isBetween(Instant.now().minusSeconds(30), Instant.now());
    }
  }

  @Test
  void withoutTheNodesLogsItIsRefusedWithTheReason() throws Exception {
    try (var blind = new ReadLogs(Optional.empty());
        var program = new TracingProgram(podLogs)) {
      var target = ReadLogs.target(RuntimeKind.GO, program.pid());
      blind.awaitAttachment(target);

      assertThat(blind.attachments(target))
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
      var target = ReadLogs.target(RuntimeKind.GO, one.pid(), two.pid());
      read.awaitAttachment(target);

      assertThat(read.attachments(target))
          .singleElement()
          .satisfies(found -> assertThat(found.reason()).contains("several of its processes"));
    }
  }

  @Test
  void whenAnotherBeginsToWriteIntoItTheLogIsReadNoMore() throws Exception {
    try (var one = new TracingProgram(podLogs)) {
      read.awaitSamples(ReadLogs.target(RuntimeKind.GO, one.pid()), Origin.GO_GCTRACE, 1);
      try (var two = one.child(podLogs)) {
        var both = ReadLogs.target(RuntimeKind.GO, one.pid(), two.pid());
        read.turnUntil(
            both,
            () ->
                read.attachments(both).stream()
                    .anyMatch(found -> String.valueOf(found.reason()).contains("several")));
      }
    }
  }

  /** As a probe of the kubelet is that executes a program. */
  @Test
  void anotherThatWritesElsewhereIsNoObstacle() throws Exception {
    try (var one = new TracingProgram(podLogs);
        var executed = new TracingProgram(directory)) {
      read.awaitSamples(
          ReadLogs.target(RuntimeKind.GO, one.pid(), executed.pid()), Origin.GO_GCTRACE, 3);
    }
  }
}
