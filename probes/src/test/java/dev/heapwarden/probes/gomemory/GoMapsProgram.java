package dev.heapwarden.probes.gomemory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.go.GoPrograms;
import dev.heapwarden.probes.go.Sites;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/** The Go program that keeps maps of known contents, running; it answers where each is. */
public final class GoMapsProgram implements AutoCloseable {
  static final long BYTES = 16 << 20;
  static final Duration TIME = Duration.ofSeconds(5);

  private final Process process;
  private final BufferedReader answers;
  private final Sites.Program program;

  /**
   * Where a map is.
   *
   * @param descriptor address of its type
   * @param entries that it has
   */
  public record Place(long address, long descriptor, long entries) {}

  private GoMapsProgram(Process process, Path executable) throws IOException {
    this.process = process;
    answers = process.inputReader();
    assertThat(answers.readLine()).isEqualTo("ready");
    program =
        new Sites.Program(
            ExecutableId.of(executable), executable, GoBinary.read(executable).orElseThrow(), 0);
  }

  public static GoMapsProgram start(String toolchain) throws IOException {
    return start(GoPrograms.build("go-maps", "maps-" + toolchain, toolchain));
  }

  static GoMapsProgram start(Path executable) throws IOException {
    var builder =
        new ProcessBuilder(executable.toString()).redirectError(ProcessBuilder.Redirect.INHERIT);
    return new GoMapsProgram(builder.start(), executable);
  }

  public long pid() {
    return process.pid();
  }

  public Sites.Program program() {
    return program;
  }

  GoProcess open() throws IOException {
    return open(BYTES);
  }

  GoProcess open(long bytes) throws IOException {
    return GoProcess.openHeap(Path.of("/proc", Long.toString(pid())), program, bytes, TIME);
  }

  public Place place(String map) throws IOException {
    long[] numbers =
        Arrays.stream(ask(map).split(" ", -1)).mapToLong(Long::parseUnsignedLong).toArray();
    return new Place(numbers[0], numbers[1], numbers[2]);
  }

  String ask(String question) throws IOException {
    var input = process.outputWriter();
    input.write(question);
    input.newLine();
    input.flush();
    return answers.readLine();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
