package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.RuntimeVariables;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.target.ProcessMemory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/** A running Go program whose runtime can be read. */
public final class GoProcess implements Closeable {
  private final ProcessMemory memory;
  private final GoLayout layout;
  private final RuntimeVariables variables;
  private final long bias;

  GoProcess(ProcessMemory memory, GoLayout layout, RuntimeVariables variables, long bias) {
    this.memory = memory;
    this.layout = layout;
    this.variables = variables;
    this.bias = bias;
  }

  /**
   * Opens the memory of a process. Whether the pid is still that of the program is for the caller
   * to see, afterwards: from then on it does not matter.
   *
   * @param directory of the process, such as /proc/17
   * @throws UnreadableProgramException when its runtime is not known
   */
  public static GoProcess open(Path directory, Sites.Program program) throws IOException {
    return GoRuntime.of(program).open(directory, program.bias());
  }

  /**
   * The same of a program that may be stripped: none of its runtime's variables is looked for.
   *
   * @param bytes that are read at most
   * @param time until the last read
   * @throws UnreadableProgramException when its runtime is not known
   */
  public static GoProcess openHeap(Path directory, Sites.Program program, long bytes, Duration time)
      throws IOException {
    return GoRuntime.ofHeap(program).open(directory, program.bias(), bytes, time);
  }

  ProcessMemory memory() {
    return memory;
  }

  GoLayout layout() {
    return layout;
  }

  /** What loading added to the executable's addresses. */
  long bias() {
    return bias;
  }

  /** Where a variable is; empty when the program has none. */
  OptionalLong find(String variable) {
    var address = variables.address(variable);
    return address.isPresent() ? OptionalLong.of(address.getAsLong() + bias) : address;
  }

  /**
   * Where a variable is.
   *
   * @throws UnreadableProgramException when the program has none
   */
  long address(String variable) throws UnreadableProgramException {
    return find(variable)
        .orElseThrow(() -> new UnreadableProgramException(variables.refusal(variable)));
  }

  /** Bytes that a variable takes; 0 when neither the program nor its release tells. */
  long size(String variable) {
    long size = variables.size(variable);
    return size > 0 ? size : layout.find(variable).orElse(0);
  }

  @Override
  public void close() throws IOException {
    memory.close();
  }
}
