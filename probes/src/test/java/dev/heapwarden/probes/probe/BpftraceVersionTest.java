package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.Web;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BpftraceVersionTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bpftrace v0.23.0",
        "bpftrace v0.23.2",
        "bpftrace v0.25.0-rc1",
        "bpftrace v0.27.1"
      })
  void theReleasesThatAreUnderstoodAreRun(String said) {
    assertThat(BpftraceVersion.refusal(said)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bpftrace v0.17.0", "bpftrace v0.22.1", "bpftrace v0.28.0", "bpftrace v1.23"})
  void othersAreRefused(String said) {
    assertThat(BpftraceVersion.refusal(said))
        .contains(said.substring(10) + " is not understood, 0.23 to 0.27 are");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "v0.23.2", "bpftrace v0.99999999999", "ended with status 127"})
  void whatIsNoVersionIsRefusedToo(String said) {
    assertThat(BpftraceVersion.refusal(said)).contains("it does not tell its version: " + said);
  }

  @Test
  void nothingIsAttachedByAnotherReleaseAndEveryAttachmentSaysWhy() throws Exception {
    var programs = directory.resolve("programs");
    var script =
        Files.writeString(
            directory.resolve("bpftrace"),
            "#!/bin/sh\n[ \"$1\" = --version ] && echo bpftrace v0.17.0 || echo \"$@\" >>%s\n"
                .formatted(programs));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));

    assertThat(attachments(script.toString()))
        .first()
        .isEqualTo(
            new Attachment(
                "PageFaults",
                Attachment.State.REFUSED,
                "bpftrace cannot be started: 0.17.0 is not understood, 0.23 to 0.27 are"));
    assertThat(programs).doesNotExist();
  }

  @Test
  void soItIsWhereThereIsNone() throws Exception {
    assertThat(attachments(directory.resolve("none").toString()))
        .first()
        .extracting(Attachment::reason)
        .asString()
        .startsWith("bpftrace cannot be started: it does not tell its version: ");
  }

  private List<Attachment> attachments(String command) throws IOException, InterruptedException {
    Files.createDirectories(directory.resolve("events/exceptions/page_fault_user"));
    var bpftrace = new Bpftrace(List.of(command), directory.resolve("scratch"));
    bpftrace.orient();
    var process =
        new TargetProcess(
            new TargetProcess.Identity("id", 7, 1, new ExecutableId(1, 2)),
            4096,
            RuntimeKind.NATIVE,
            Path.of("/proc/7/root/bin/nginx"),
            Optional.empty(),
            Optional.of("not Go"),
            0);
    var target = new Target(Web.watched(), Optional.empty(), List.of(process));
    try (var probe =
        new NodeProbe(
            bpftrace,
            new Tracepoints(directory),
            new Spending(System::nanoTime, InstantSource.system()),
            event -> {})) {
      probe.reconcile(List.of(target), _ -> Optional.empty());
      return probe.attachments(target, List.of(), Optional.empty());
    }
  }
}
