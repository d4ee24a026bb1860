package dev.heapwarden.probes.gomemory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A Go program, running, that says ready and then answers a line by a line. */
public abstract class AnsweringProgram implements AutoCloseable {
  static final ProcFs PROC = new ProcFs(Path.of("/proc"));

  private final Process process;
  private final BufferedReader answers;
  private final Sites.Program program;

  AnsweringProgram(Path executable) throws IOException {
    process =
        new ProcessBuilder(executable.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    answers = process.inputReader();
    assertThat(answers.readLine()).isEqualTo("ready");
    var binary = GoBinary.read(executable).orElseThrow();
    var id = ExecutableId.of(executable);
    long bias =
        binary.positionIndependent()
            ? PROC.loadedAt(pid(), id.inode()).orElseThrow() - binary.firstLoadAddress()
            : 0;
    program = new Sites.Program(id, executable, binary, bias);
  }

  public long pid() {
    return process.pid();
  }

  public Sites.Program program() {
    return program;
  }

  /**
   * It as the agent knows it.
   *
   * @param startedLater clock ticks after it really did; 0 unless it shall be taken for another
   */
  public TargetProcess target(long startedLater) throws IOException {
    return new TargetProcess(
        new TargetProcess.Identity(
            "id", pid(), PROC.startTicks(pid()) + startedLater, program.id()),
        100 << 20,
        RuntimeKind.GO,
        program.executable(),
        Optional.of(program.binary()),
        Optional.empty(),
        program.bias());
  }

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
