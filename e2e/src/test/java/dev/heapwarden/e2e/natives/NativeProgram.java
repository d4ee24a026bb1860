package dev.heapwarden.e2e.natives;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.snapshot.ArtifactStore;
import dev.heapwarden.probes.snapshot.NativeAllocationEvidence;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A running program that {@code e2e/tools/natives} built. */
final class NativeProgram implements AutoCloseable {
  private static final Path ROOT = Path.of(System.getProperty("heapwarden.root"));
  private static final ProcFs PROC = new ProcFs(Path.of("/proc"));
  private static final Duration WINDOW = Duration.ofSeconds(4);

  private final Process process;

  /** Starts it. */
  NativeProgram(String name, String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(made("natives").resolve(name).toString()));
    command.addAll(List.of(arguments));
    process = new ProcessBuilder(command).start();
    // The dynamic linker is done.
    Thread.sleep(Duration.ofMillis(500));
  }

  private NativeProgram(Process process) {
    this.process = process;
  }

  /** Starts {@code e2e/natives/Leaks.java} in a JVM of this kind. */
  static NativeProgram java() throws IOException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:MaxDirectMemorySize=1g",
                ROOT.resolve("e2e/natives/Leaks.java").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    return new NativeProgram(process);
  }

  /** Looks at its allocations, with the bpftrace of the agent's image. */
  NativeAllocationEvidence.Outcome watch() throws IOException, InterruptedException {
    var scratch = Files.createTempDirectory("nw");
    try {
      var bpftrace =
          new Bpftrace(List.of(made("bpftrace").resolve("bpftrace").toString()), scratch);
      bpftrace.orient();
      return new NativeAllocationEvidence(
              bpftrace,
              new ArtifactStore(scratch.resolve("a"), 1 << 20),
              PROC,
              new Spending(System::nanoTime, InstantSource.system()))
          .watch(target(), WINDOW);
    } finally {
      try (var files = Files.walk(scratch)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  boolean lives() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private TargetProcess target() throws IOException {
    long pid = process.pid();
    var executable = PROC.directory(pid).resolve("exe");
    return new TargetProcess(
        new TargetProcess.Identity(
            "container", pid, PROC.startTicks(pid), ExecutableId.of(executable)),
        0,
        RuntimeKind.NATIVE,
        executable,
        Optional.empty(),
        Optional.empty(),
        0);
  }

  /** A script that makes something and prints where it is. */
  private static Path made(String tool) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(ROOT.resolve("e2e/tools").resolve(tool).toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var output = process.inputReader(StandardCharsets.UTF_8)) {
      var said = output.readAllAsString().strip();
      assertThat(process.waitFor()).as(tool).isZero();
      return Path.of(said);
    }
  }
}
