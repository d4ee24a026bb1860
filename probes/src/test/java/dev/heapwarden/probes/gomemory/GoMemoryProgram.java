package dev.heapwarden.probes.gomemory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.go.GoPrograms;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.target.ProcFs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The Go program that keeps memory and goroutines, running; it answers what Go itself knows. */
public final class GoMemoryProgram implements AutoCloseable {
  private static final ProcFs PROC = new ProcFs(Path.of("/proc"));

  private final Process process;
  private final BufferedReader answers;
  private final Sites.Program program;

  private GoMemoryProgram(Process process, Path executable) throws IOException {
    this.process = process;
    answers = process.inputReader();
    assertThat(answers.readLine()).isEqualTo("ready");
    program =
        new Sites.Program(
            ExecutableId.of(executable), executable, GoBinary.read(executable).orElseThrow(), 0);
  }

  /**
   * Go toolchains that the tests of layouts are for, as GOTOOLCHAIN has them. By default this
   * machine's; all: {@code
   * -Dheapwarden.go.toolchains=go1.21.13,go1.22.12,go1.23.12,go1.24.13,go1.25.14,go1.26.8,go1.27.0}.
   */
  static List<String> toolchains() {
    return Arrays.asList(System.getProperty("heapwarden.go.toolchains", "local").split(",", -1));
  }

  static Path build(String toolchain) {
    return GoPrograms.build("go-memory", "memory-" + toolchain, toolchain);
  }

  public static GoMemoryProgram start(String toolchain) throws IOException {
    return start(build(toolchain));
  }

  static GoMemoryProgram start(Path executable) throws IOException {
    var builder =
        new ProcessBuilder(executable.toString()).redirectError(ProcessBuilder.Redirect.INHERIT);
    return new GoMemoryProgram(builder.start(), executable);
  }

  public long pid() {
    return process.pid();
  }

  public Sites.Program program() {
    return program;
  }

  GoProcess open() throws IOException {
    return GoProcess.open(PROC.directory(pid()), program);
  }

  ProgramText text() throws IOException {
    return ProgramText.open(program, PROC.mappings(pid(), program.id().inode()));
  }

  /** Asks for something that one line answers. */
  String ask(String question) throws IOException {
    var input = process.outputWriter();
    input.write(question);
    input.newLine();
    input.flush();
    return answers.readLine();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
