package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.snapshot.NativeAllocationEvidence.Unseen;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Windows that come to no end. What stands in for bpftrace says that it begins, and ends. */
class NativeAllocationEvidenceTest {
  private static final ProcFs PROC = new ProcFs(Path.of("/proc"));

  @TempDir Path root;
  private final Process program;

  NativeAllocationEvidenceTest() throws IOException {
    program = new ProcessBuilder("sleep", "1000").start();
  }

  @AfterEach
  void stop() {
    program.destroyForcibly();
  }

  @Test
  void whereTheProcessLivesItIsBpftraceThatGaveUp() throws Exception {
    assertThat(watch("echo 'ERROR: no room' >&2; exit 1"))
        .isEqualTo(new Unseen(false, "bpftrace: ERROR: no room"));
  }

  @Test
  void whereTheProcessEndedThatIsSaid() throws Exception {
    assertThat(watch("kill -9 %d; sleep 1".formatted(program.pid())))
        .isEqualTo(new Unseen(false, "the process ended in the window"));
  }

  private NativeAllocationEvidence.Outcome watch(String ending) throws Exception {
    awaitExec();
    var bpftrace = new Bpftrace(List.of(standIn(ending).toString()), root.resolve("b"));
    return new NativeAllocationEvidence(
            bpftrace,
            new ArtifactStore(root.resolve("a"), 1 << 20),
            PROC,
            new Spending(System::nanoTime, InstantSource.system()))
        .watch(target(), Duration.ofMillis(100));
  }

  private void awaitExec() throws Exception {
    while (!Files.readSymbolicLink(PROC.directory(program.pid()).resolve("exe"))
        .endsWith("sleep")) {
      Thread.sleep(10);
    }
    // The dynamic linker maps the C library after it.
    var maps = PROC.directory(program.pid()).resolve("maps");
    while (!Files.readString(maps).contains("libc")) {
      Thread.sleep(10);
    }
  }

  private Path standIn(String ending) throws IOException {
    var script =
        Files.writeString(
            root.resolve("bpftrace"),
            """
            #!/bin/sh
            [ "$1" != --version ] || { echo bpftrace v0.23.2; exit; }
            for program; do :; done
            ! grep -q pid_ns_for_children "$program" || { say='level 1'; ending=exit; }
            printf '{"type": "printf", "data": "%%s\\\\n"}\\n' "${say:-start 1000000000}"
            [ -n "$ending" ] && exit
            %s
            """
                .formatted(ending));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script;
  }

  private TargetProcess target() throws IOException {
    var executable = PROC.directory(program.pid()).resolve("exe");
    return new TargetProcess(
        new TargetProcess.Identity(
            "container",
            program.pid(),
            PROC.startTicks(program.pid()),
            ExecutableId.of(executable)),
        0,
        RuntimeKind.NATIVE,
        executable,
        Optional.empty(),
        Optional.empty(),
        0);
  }
}
