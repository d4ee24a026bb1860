package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.GoPrograms;
import dev.heapwarden.probes.go.RuntimeVariables;
import dev.heapwarden.probes.target.ProcessMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/** The Go program that keeps maps of known contents, running; it answers where each is. */
public final class GoMapsProgram extends AnsweringProgram {
  static final long BYTES = 16 << 20;
  static final Duration TIME = Duration.ofSeconds(5);

  /**
   * Where a map is.
   *
   * @param descriptor address of its type
   * @param entries that it has
   */
  public record Place(long address, long descriptor, long entries) {}

  private GoMapsProgram(Path executable) throws IOException {
    super(executable);
  }

  public static GoMapsProgram start(String toolchain) throws IOException {
    return start(GoPrograms.build("go-maps", "maps-" + toolchain, toolchain));
  }

  static GoMapsProgram start(Path executable) throws IOException {
    return new GoMapsProgram(executable);
  }

  GoProcess open() throws IOException {
    return open(BYTES);
  }

  GoProcess open(long bytes) throws IOException {
    return GoProcess.openHeap(Path.of("/proc", Long.toString(pid())), program(), bytes, TIME);
  }

  /** Its memory as somebody else reads it. */
  GoProcess open(ProcessMemory.Source source) throws IOException {
    var memory = new ProcessMemory(source, BYTES, TIME);
    var layout = GoLayout.of(program().binary().version());
    return new GoProcess(memory, layout, new RuntimeVariables(Map.of()), 0);
  }

  public Place place(String map) throws IOException {
    long[] numbers =
        Arrays.stream(ask(map).split(" ", -1)).mapToLong(Long::parseUnsignedLong).toArray();
    return new Place(numbers[0], numbers[1], numbers[2]);
  }
}
