package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.Architecture;
import dev.heapwarden.probes.go.RuntimeVariables;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.target.ProcessMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What an executable tells of where its Go runtime keeps things: found once, and good for every
 * process that runs it.
 */
public final class GoRuntime {
  private final GoLayout layout;
  private final RuntimeVariables variables;

  private GoRuntime(GoLayout layout, RuntimeVariables variables) {
    this.layout = layout;
    this.variables = variables;
  }

  /**
   * Reads the executable's symbols, or what its code refers to.
   *
   * @throws UnreadableProgramException when its runtime is not known
   */
  public static GoRuntime of(Sites.Program program) throws IOException {
    var layout = layout(program);
    return new GoRuntime(layout, RuntimeVariables.read(program.executable(), program.binary()));
  }

  /**
   * The same of a program that may be stripped: none of its variables is looked for.
   *
   * @throws UnreadableProgramException when its runtime is not known
   */
  static GoRuntime ofHeap(Sites.Program program) throws IOException {
    return new GoRuntime(layout(program), new RuntimeVariables(Map.of()));
  }

  /**
   * Opens the memory of a process. Whether the pid is still that of the program is for the caller
   * to see, afterwards: from then on it does not matter.
   *
   * @param directory of the process, such as /proc/17
   * @param bias what loading added to the executable's addresses
   */
  public GoProcess open(Path directory, long bias) throws IOException {
    return new GoProcess(ProcessMemory.of(directory), layout, variables, bias);
  }

  /**
   * The same within limits.
   *
   * @param bytes that are read at most
   * @param time until the last read
   */
  GoProcess open(Path directory, long bias, long bytes, Duration time) throws IOException {
    return new GoProcess(ProcessMemory.of(directory, bytes, time), layout, variables, bias);
  }

  private static GoLayout layout(Sites.Program program) throws UnreadableProgramException {
    if (!program.binary().architecture().equals(Optional.of(Architecture.AMD64))) {
      throw new UnreadableProgramException("its memory is only read on amd64 so far");
    }
    return GoLayout.of(program.binary().version());
  }
}
