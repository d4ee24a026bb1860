package dev.heapwarden.probes.jvm;

import dev.heapwarden.probes.target.ProcessMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A shared library as it is loaded in a process: what it exports is looked up in the process's
 * memory, so that no file of the container is touched.
 *
 * <p>Layouts: Elf64_Ehdr, Elf64_Phdr and Elf64_Dyn of Linux include/uapi/linux/elf.h; the hash
 * table of DT_GNU_HASH as glibc 2.36 reads it, elf/dl-lookup.c and elf/dl-setup_hash.c.
 */
final class LoadedLibrary {
  private static final int ELF_64_LITTLE_ENDIAN = 0x464c457f;
  private static final int HEADERS = 64;
  private static final int HEADER = 56;
  private static final int LOAD = 1;
  private static final int DYNAMIC = 2;

  /** Linkers write about thirty. */
  private static final int ENTRIES = 256;

  private static final long STRINGS = 5;
  private static final long SYMBOLS = 6;
  private static final long GNU_HASH = 0x6ffffef5L;
  private static final int SYMBOL = 24;

  /** The longest chain that is followed; those of libjvm have a handful of symbols. */
  private static final int CHAIN = 4096;

  private final ProcessMemory memory;
  private final long start;
  private final long bias;
  private final Map<Long, Long> dynamic = new HashMap<>();

  /**
   * Reads its headers.
   *
   * @param start where the beginning of its file is mapped
   * @throws IOException when there is no ELF image with a hash table
   */
  LoadedLibrary(ProcessMemory memory, long start) throws IOException {
    this.memory = memory;
    this.start = start;
    var header = memory.read(start, HEADERS);
    if (header.getInt(0) != ELF_64_LITTLE_ENDIAN || header.get(4) != 2 || header.get(5) != 1) {
      throw new IOException("no ELF image where the library is mapped");
    }
    long headers = start + header.getLong(32);
    int count = Math.min(Short.toUnsignedInt(header.getShort(56)), HEADERS);
    bias = start - address(headers, count, LOAD);
    dynamic(bias + address(headers, count, DYNAMIC));
    if (!dynamic.keySet().containsAll(Set.of(STRINGS, SYMBOLS, GNU_HASH))) {
      throw new IOException("the library has no hash table of its symbols");
    }
  }

  /** Where an exported symbol is; empty where there is none of this name. */
  OptionalLong symbol(String name) throws IOException {
    long table = table(GNU_HASH);
    var head = memory.read(table, 16);
    int buckets = head.getInt(0);
    int first = head.getInt(4);
    long bucketsAt = table + 16 + 8L * Integer.toUnsignedLong(head.getInt(8));
    if (buckets <= 0 || first < 0) {
      throw new IOException("the hash table of the library is broken");
    }
    int hash = hash(name);
    int index = memory.half(bucketsAt + 4L * Integer.remainderUnsigned(hash, buckets));
    long chains = bucketsAt + 4L * buckets;
    for (int i = 0; index >= first && i < CHAIN; i++, index++) {
      int chained = memory.half(chains + 4L * (index - first));
      if ((chained | 1) == (hash | 1)) {
        var symbol = memory.read(table(SYMBOLS) + (long) SYMBOL * index, SYMBOL);
        if (memory.holds(table(STRINGS) + Integer.toUnsignedLong(symbol.getInt(0)), name)) {
          return OptionalLong.of(bias + symbol.getLong(8));
        }
      }
      if ((chained & 1) != 0) {
        break;
      }
    }
    return OptionalLong.empty();
  }

  private static int hash(String name) {
    int hash = 5381;
    for (byte character : name.getBytes(StandardCharsets.US_ASCII)) {
      hash = hash * 33 + Byte.toUnsignedInt(character);
    }
    return hash;
  }

  private long address(long headers, int count, int type) throws IOException {
    for (int i = 0; i < count; i++) {
      var header = memory.read(headers + (long) HEADER * i, HEADER);
      if (header.getInt(0) == type) {
        return header.getLong(16);
      }
    }
    throw new IOException("the library has no segment of type " + type);
  }

  private void dynamic(long at) throws IOException {
    for (int i = 0; i < ENTRIES; i++) {
      var entry = memory.read(at + 16L * i, 16);
      if (entry.getLong(0) == 0) {
        return;
      }
      dynamic.put(entry.getLong(0), entry.getLong(8));
    }
  }

  /** glibc writes the address itself there as it loads (elf/get-dynamic-info.h), musl does not. */
  private long table(long tag) {
    long value = dynamic.getOrDefault(tag, 0L);
    return Long.compareUnsigned(value, start) < 0 ? bias + value : value;
  }
}
