package dev.heapwarden.probes.go;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Words of a position-independent program that the loader writes: {@code R_*_RELATIVE} of {@code
 * .rela.dyn}. GNU ld writes them into the file as well, lld leaves zeros there.
 *
 * <p>Layout: Elf64_Rela of the System V ABI, "Object Files". Linkers put the relative ones first,
 * in the order of their addresses ({@code -z combreloc}, the default of all); in a table of another
 * order some are not found.
 */
final class Relocations {
  private static final int ENTRY = 24;
  private static final int R_X86_64_RELATIVE = 8;
  private static final int R_AARCH64_RELATIVE = 1027;

  /** Entries that are read at once. */
  private static final int BATCH = 256;

  private Relocations() {}

  /** Writes what the loader would, but for its bias, into bytes that are loaded to an address. */
  static void apply(ElfFile elf, long address, ByteBuffer bytes) throws IOException {
    var table = elf.section(".rela.dyn");
    if (!elf.positionIndependent() || table.isEmpty()) {
      return;
    }
    long count = table.get().size() / ENTRY;
    long at = table.get().offset();
    for (long next = first(elf, at, count, address); next < count; next += BATCH) {
      int read = (int) Math.min(BATCH, count - next);
      var entries = elf.read(at + next * ENTRY, read * ENTRY);
      for (int i = 0; i < read * ENTRY; i += ENTRY) {
        long into = entries.getLong(i) - address;
        if (!isRelative(entries.getLong(i + 8)) || into < 0 || into > bytes.limit() - Long.BYTES) {
          return;
        }
        bytes.putLong((int) into, entries.getLong(i + 16));
      }
    }
  }

  /** Number of the first entry that is not relative, or is of this address or a later one. */
  private static long first(ElfFile elf, long at, long count, long address) throws IOException {
    long low = 0;
    long high = count;
    while (low < high) {
      long middle = (low + high) >>> 1;
      var entry = elf.read(at + middle * ENTRY, ENTRY);
      if (isRelative(entry.getLong(8)) && entry.getLong(0) < address) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static boolean isRelative(long info) {
    return info == R_X86_64_RELATIVE || info == R_AARCH64_RELATIVE;
  }
}
