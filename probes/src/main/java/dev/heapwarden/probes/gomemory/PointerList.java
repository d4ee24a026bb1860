package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.target.MemoryException;
import dev.heapwarden.probes.target.ProcessMemory;

/** A slice of pointers to which the runtime adds: {pointer, length, capacity}. */
final class PointerList {
  private static final int HEADER_TRIES = 10;

  private static final int PIECE = 1 << 19;

  private PointerList() {}

  /**
   * Reads it. It grows by moving: its address and length must belong together.
   *
   * @param most pointers
   * @param what they point to, in words
   */
  static long[] read(ProcessMemory memory, long at, int most, String what) throws MemoryException {
    for (int i = 0; i < HEADER_TRIES; i++) {
      var header = memory.read(at, 2 * Long.BYTES);
      long length = header.getLong(Long.BYTES);
      if (length < 0 || length > most) {
        throw new MemoryException("no list of at most %d %s".formatted(most, what), null);
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
    throw new MemoryException("the list of %s moved each time it was read".formatted(what), null);
  }
}
