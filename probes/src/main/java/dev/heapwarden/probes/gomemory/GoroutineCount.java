package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.RuntimeVariables;
import dev.heapwarden.probes.target.MemoryException;
import java.io.IOException;

/**
 * How many goroutines a Go program has, without a look at any: all that there ever were at once,
 * less those that ended and wait to be used again, which the scheduler and each of its processors
 * keep in lists, less those of the runtime itself. So {@code runtime.NumGoroutine} counts them;
 * gcount in src/runtime/proc.go (Go 1.21 to 1.27).
 */
public final class GoroutineCount {
  /** Of the list of all: a slice is {pointer, length, capacity}. */
  private static final int LENGTH = Long.BYTES;

  private GoroutineCount() {}

  /**
   * Reads it: a few words, and one of each processor, which may change meanwhile.
   *
   * @throws MemoryException when the memory cannot be read, or is not as it should be
   */
  public static long read(GoProcess process) throws IOException {
    var memory = process.memory();
    long count =
        memory.word(process.address(RuntimeVariables.GOROUTINES) + LENGTH)
            - inScheduler(process, "runtime.schedt.ngsys")
            - endedOfScheduler(process)
            - endedOfProcessors(process);
    // The runtime's own answer is at least one too.
    return Math.max(count, 1);
  }

  private static long endedOfScheduler(GoProcess process) throws IOException {
    return process.layout().find("runtime.schedt.gFree.n").isPresent()
        ? inScheduler(process, "runtime.schedt.gFree.n")
        : inScheduler(process, "runtime.schedt.gFree.stack.size")
            + inScheduler(process, "runtime.schedt.gFree.noStack.size");
  }

  private static int inScheduler(GoProcess process, String field) throws IOException {
    return process
        .memory()
        .half(process.address(RuntimeVariables.SCHEDULER) + process.layout().at(field));
  }

  private static long endedOfProcessors(GoProcess process) throws IOException {
    var memory = process.memory();
    var layout = process.layout();
    int field = layout.find("runtime.p.gFree.n").orElseGet(() -> layout.at("runtime.p.gFree.size"));
    long ended = 0;
    for (long processor : Processors.read(process)) {
      ended += memory.half(processor + field);
    }
    return ended;
  }
}
