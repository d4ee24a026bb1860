package dev.heapwarden.probes.go;

import java.io.IOException;

/**
 * One of the tables that give a value for each place of a function: its file, its line, the call
 * that was inlined there.
 *
 * <p>Format: pairs of (difference of the value, zigzag; difference of the place, in quanta) as
 * varints, from value -1 at the function's entry, ended by a zero; {@code pcvalue} and {@code step}
 * in Go's src/runtime/symtab.go, the same from 1.2 to 1.27.
 */
final class PcTable {
  /** The runtime's word for no value. */
  static final int NONE = -1;

  /** A function of many thousand lines has a few tens of thousands. */
  private static final int BYTES_LIMIT = 1 << 20;

  private static final int WINDOW = 512;

  private final ElfFile elf;
  private final long limit;
  private long next;
  private byte[] window = {};
  private int at;

  private PcTable(ElfFile elf, long start, long end) {
    this.elf = elf;
    this.next = start;
    this.limit = Math.min(end, start + BYTES_LIMIT);
  }

  /**
   * The value at a place.
   *
   * @param start of the table in the file
   * @param end of what may belong to it
   * @param distance of the place from the function's entry, bytes
   * @throws BinaryFormatException when the table does not end within 1 MiB
   */
  static int value(ElfFile elf, long start, long end, int quantum, long distance)
      throws IOException {
    var table = new PcTable(elf, start, end);
    int value = NONE;
    long reached = 0;
    for (boolean first = true; ; first = false) {
      long difference = table.varint();
      if (difference == 0 && !first) {
        return NONE;
      }
      value += (int) ((difference & 1) == 0 ? difference >>> 1 : ~(difference >>> 1));
      reached += table.varint() * quantum;
      if (distance < reached) {
        return value;
      }
    }
  }

  private long varint() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int b = read();
      value |= (b & 0x7fL) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw new BinaryFormatException("a PC table holds a number of more than 32 bits");
  }

  private int read() throws IOException {
    if (at == window.length) {
      if (next >= limit) {
        throw new BinaryFormatException("a PC table has no end");
      }
      window = elf.bytes(next, (int) Math.min(WINDOW, limit - next));
      next += window.length;
      at = 0;
    }
    return Byte.toUnsignedInt(window[at++]);
  }
}
