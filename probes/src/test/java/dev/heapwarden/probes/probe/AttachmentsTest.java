package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.Attachment.State;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.target.Pprof;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.WatchedContainer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AttachmentsTest {
  private static final TargetProcess NATIVE =
      new TargetProcess(
          new TargetProcess.Identity("id", 7, 1, new ExecutableId(1, 2)),
          4096,
          RuntimeKind.NATIVE,
          Path.of("/proc/7/root/bin/nginx"),
          Optional.empty(),
          Optional.of("not Go"),
          0);

  @Test
  void aProgramThatIsNotGoHasItsPageFaultsCountedAndGosProbesRefused() {
    assertThat(attachments(List.of(NATIVE), Optional.empty(), Optional.empty(), true))
        .containsExactly(
            new Attachment("PageFaults", State.ATTACHED, null),
            new Attachment("GoGc", State.REFUSED, "not Go"),
            new Attachment("GoMapGrowth", State.REFUSED, "not Go"));
  }

  @Test
  void whileBpftraceAttachesItIsPending() {
    assertThat(attachments(List.of(NATIVE), Optional.empty(), Optional.empty(), false).getFirst())
        .isEqualTo(new Attachment("PageFaults", State.PENDING, "bpftrace is attaching"));
  }

  @Test
  void aContainerWithoutProcessesIsPendingWithTheReason() {
    assertThat(attachments(List.of(), Optional.empty(), Optional.empty(), false))
        .allSatisfy(attachment -> assertThat(attachment.state()).isEqualTo(State.PENDING))
        .first()
        .extracting(Attachment::reason)
        .isEqualTo("no process of the container was found yet");
  }

  @Test
  void aKernelWithoutTheTracepointIsARefusal() {
    assertThat(
            attachments(List.of(NATIVE), Optional.of("no tracepoint"), Optional.empty(), true)
                .getFirst())
        .isEqualTo(new Attachment("PageFaults", State.REFUSED, "no tracepoint"));
  }

  @Test
  void whenNothingAttachesBpftracesOwnWordsAreTheReason() {
    assertThat(
            attachments(List.of(NATIVE), Optional.empty(), Optional.of("bpftrace: no BTF"), false)
                .getFirst())
        .isEqualTo(new Attachment("PageFaults", State.REFUSED, "bpftrace: no BTF"));
  }

  @Test
  void whatAnOlderProgramCoversStaysAttachedWhenANewerOneFails() {
    assertThat(
            attachments(List.of(NATIVE), Optional.empty(), Optional.of("bpftrace: no BTF"), true)
                .getFirst())
        .isEqualTo(new Attachment("PageFaults", State.ATTACHED, null));
  }

  private static List<Attachment> attachments(
      List<TargetProcess> processes,
      Optional<String> noPageFaults,
      Optional<String> failure,
      boolean covered) {
    var container =
        new WatchedContainer(
            new ContainerKey("shop", "web-1", "uid", "web", "id"),
            "policy",
            RuntimeChoice.AUTO,
            Duration.ofSeconds(15),
            Instant.EPOCH,
            new Pprof.NotNamed());
    return Attachments.of(
        new Target(container, Optional.empty(), processes),
        noPageFaults,
        failure,
        "bpftrace is attaching",
        process -> Optional.empty(),
        identity -> covered);
  }
}
