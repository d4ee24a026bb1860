package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.target.MemoryException;
import dev.heapwarden.probes.target.ProcessMemory;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Walks the stacks of goroutines that stand still by their frame pointers, as Go's own tracer does:
 * traceStack and fpTracebackPCs in src/runtime/tracestack.go (1.21 to 1.27). At a frame pointer lie
 * the caller's, then the return address; the outermost frame's is 0.
 */
final class Stacks {
  static final int FRAMES_LIMIT = 128;

  /** Most stacks of parked goroutines are smaller than what is read at once. */
  private static final int WINDOW = 1024;

  private static final int FRAME = 2 * Long.BYTES;

  private final ProcessMemory memory;
  private final ProgramText text;

  Stacks(ProcessMemory memory, ProgramText text) {
    this.memory = memory;
    this.text = text;
  }

  /**
   * Return addresses, innermost first.
   *
   * @return at least one address: of a goroutine that runs, or is about to, or whose stack is not
   *     as it should be, only its own function is known
   */
  long[] of(GoProcess process, Goroutine goroutine) throws MemoryException {
    if (goroutine.waits() || goroutine.status() == Goroutine.SYSCALL) {
      var stack = walk(goroutine);
      // It may have run meanwhile: then what was read is of no one moment.
      if (stack.length > 0 && Goroutine.read(process, goroutine.address()).equals(goroutine)) {
        return stack;
      }
    }
    return new long[] {goroutine.start() + 1};
  }

  private long[] walk(Goroutine goroutine) throws MemoryException {
    var stopped = goroutine.pointers();
    long low = stopped.stack();
    long high = goroutine.stackEnd();
    if (low < goroutine.stackStart() || low > high - FRAME || !text.holds(stopped.program())) {
      return new long[0];
    }
    int length = (int) Math.min(WINDOW, high - low);
    var window = memory.read(low, length);
    var stack = new long[FRAMES_LIMIT];
    stack[0] = stopped.program();
    int depth = 1;
    long frame = stopped.frame();
    while (frame != 0 && depth < FRAMES_LIMIT) {
      if (frame < low || frame > high - FRAME || frame % Long.BYTES != 0) {
        return new long[0];
      }
      boolean here = frame - stopped.stack() <= length - FRAME;
      var at =
          here ? window.slice((int) (frame - stopped.stack()), FRAME) : memory.read(frame, FRAME);
      long returnAddress = at.order(ByteOrder.LITTLE_ENDIAN).getLong(Long.BYTES);
      if (!text.holds(returnAddress)) {
        return new long[0];
      }
      stack[depth++] = returnAddress;
      low = frame + FRAME;
      frame = at.getLong(0);
    }
    if (depth == 1 && goroutine.start() != 0) {
      // Where the release keeps no frame of a system call.
      stack[depth++] = goroutine.start() + 1;
    }
    return Arrays.copyOf(stack, depth);
  }
}
