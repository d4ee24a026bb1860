package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.GlobalVariables;
import dev.heapwarden.probes.go.Sites;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Reads who holds the heap of processes that run one Go program. */
public final class HeapHolderReader {
  /** Of one reading. */
  public static final Duration TIME = Duration.ofSeconds(10);

  /** Of one reading. */
  private static final long BYTES = 4L << 30;

  private final GoRuntime runtime;
  private final GlobalVariables globals;
  private final long bias;

  private HeapHolderReader(GoRuntime runtime, GlobalVariables globals, long bias) {
    this.runtime = runtime;
    this.globals = globals;
    this.bias = bias;
  }

  /**
   * Reads the symbols of a program.
   *
   * @throws UnreadableProgramException when its runtime is not known, or nothing names its
   *     variables
   */
  public static HeapHolderReader of(Sites.Program program) throws IOException {
    var globals =
        GlobalVariables.read(program.executable())
            .orElseThrow(
                () ->
                    new UnreadableProgramException(
                        "stripped: no symbols name its global variables (go build -ldflags=-w"
                            + " leaves them, -s does not)"));
    return new HeapHolderReader(GoRuntime.of(program), globals, program.bias());
  }

  /**
   * Opens the memory of a process. Whether the pid is still that of the program is for the caller
   * to see, afterwards.
   *
   * @param directory of the process, such as /proc/17
   */
  public GoProcess open(Path directory) throws IOException {
    return open(directory, BYTES, TIME);
  }

  /**
   * Reads how much of what they have room for the elements of variables use, from 0 to 1, by name:
   * of slices of strings, of slices and of maps, and nothing of others.
   *
   * @param types by variable, such as {@code []string} of main.titles
   * @throws dev.heapwarden.probes.target.MemoryException when the process ends meanwhile
   */
  public Map<String, Double> use(GoProcess opened, Map<String, String> types) throws IOException {
    var spans = HeapSpans.read(opened);
    var use = new HashMap<String, Double>();
    for (var variable : globals.variables()) {
      var type = types.get(variable.name());
      if (type != null) {
        ElementUse.of(opened, spans, variable.address() + bias, type)
            .ifPresent(share -> use.put(variable.name(), share));
      }
    }
    return use;
  }

  GoProcess open(Path directory, long bytes, Duration time) throws IOException {
    return runtime.open(directory, bias, bytes, time);
  }

  /**
   * Reads who holds its heap, once: what was opened is spent then.
   *
   * @throws dev.heapwarden.probes.target.MemoryException when the process ends meanwhile, or its
   *     memory is not as it should be
   */
  public HeapHolders read(GoProcess opened, ProgramText text) throws IOException {
    return HeapHolders.read(opened, text, globals);
  }
}
