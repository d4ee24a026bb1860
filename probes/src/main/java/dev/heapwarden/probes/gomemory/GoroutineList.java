package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.RuntimeVariables;
import dev.heapwarden.probes.target.MemoryException;
import java.io.IOException;
import java.util.Arrays;

/** {@code runtime.allgs}: the addresses of all that there ever were at once. */
final class GoroutineList {
  private static final int HEADER_TRIES = 10;

  /** The list of as many takes 16 MiB. */
  private static final int LISTED = 2_000_000;

  private static final int PIECE = 1 << 19;

  private GoroutineList() {}

  /** The list grows by moving: its address and length must belong together. */
  static long[] read(GoProcess process) throws IOException {
    var memory = process.memory();
    long at = process.address(RuntimeVariables.GOROUTINES);
    for (int i = 0; i < HEADER_TRIES; i++) {
      var header = memory.read(at, 2 * Long.BYTES);
      long length = header.getLong(Long.BYTES);
      if (length < 0 || length > LISTED) {
        throw new MemoryException("no list of at most %d goroutines".formatted(LISTED), null);
      }
      if (length == 0) {
        return new long[0];
      }
      var pointers = new long[(int) length];
      for (int read = 0; read < pointers.length; read += PIECE) {
        int piece = Math.min(PIECE, pointers.length - read);
        memory
            .read(header.getLong(0) + (long) read * Long.BYTES, (long) piece * Long.BYTES)
            .asLongBuffer()
            .get(pointers, read, piece);
      }
      if (memory.read(at, 2 * Long.BYTES).equals(header)) {
        return pointers;
      }
    }
    throw new MemoryException("the list of goroutines moved each time it was read", null);
  }

  /** Those that have not ended. */
  static long[] living(GoProcess process, long... all) throws IOException {
    var living = new long[all.length];
    int count = 0;
    for (long goroutine : all) {
      if (Goroutine.lives(process, goroutine)) {
        living[count++] = goroutine;
      }
    }
    return Arrays.copyOf(living, count);
  }
}
