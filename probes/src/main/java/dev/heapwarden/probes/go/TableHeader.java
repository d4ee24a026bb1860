package dev.heapwarden.probes.go;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * The header of {@code .gopclntab}: where the parts of Go's table of functions begin. All places
 * are offsets in the file.
 *
 * <p>Layout: {magic u32, zero u16, quantum u8, pointer size u8}, then words of 8 bytes: functions,
 * files, the text's start (since Go 1.18; 0 since 1.26), and the offsets of names, compilation
 * units, files, PC tables and functions; {@code pcHeader} in Go's src/runtime/symtab.go.
 *
 * @param quantum bytes of the shortest instruction, by which PC tables count
 * @param address that the table is loaded to, before relocation
 * @param end of what may belong to the table
 * @param functions how many
 * @param textStart address that function entries count from; 0 where the header does not tell
 */
record TableHeader(
    Layout layout,
    int quantum,
    long address,
    long end,
    long functions,
    long textStart,
    long namesAt,
    long unitsAt,
    long filesAt,
    long pcsAt,
    long functionsAt) {
  static final long SIZE_LIMIT = 64L << 20;
  static final long FUNCTIONS_LIMIT = 1_000_000;

  private static final int CHUNK = 256 * 1024;
  private static final int LONGEST = 8 + 8 * 8;

  /** The linker aligns the table so; src/cmd/link/internal/ld/pcln.go. */
  private static final int ALIGNMENT = 32;

  /**
   * What differs between releases; src/debug/gosym/pclntab.go of Go 1.26 reads all of them, and
   * {@code _func} is in src/runtime/runtime2.go.
   */
  enum Layout {
    /** Entries are addresses, the header has no start of the text. */
    GO_1_16(0xfffffffa, 8),
    GO_1_18(0xfffffff0, 4),
    /** To 1.27 at least. {@code _func} has a start line, the inlining tree is as it is now. */
    GO_1_20(0xfffffff1, 4);

    private final int magic;
    private final int entrySize;

    Layout(int magic, int entrySize) {
      this.magic = magic;
      this.entrySize = entrySize;
    }

    /** Bytes of a function's entry, and of the offset beside it. */
    int entrySize() {
      return entrySize;
    }

    boolean hasTextStart() {
      return this != GO_1_16;
    }

    static Optional<Layout> of(int magic) {
      return Arrays.stream(values()).filter(layout -> layout.magic == magic).findFirst();
    }
  }

  /**
   * Finds and reads the header.
   *
   * @throws BinaryFormatException when there is none, it is of an unknown layout, points outside
   *     itself, or is larger than 64 MiB or a million functions: the message says which
   */
  static TableHeader find(ElfFile elf) throws IOException {
    var own = elf.section(".gopclntab").or(() -> elf.section(".data.rel.ro.gopclntab"));
    if (own.isPresent()) {
      return read(elf, own.get(), 0);
    }
    // C linkers merge it into this section, up to Go 1.25 with -buildmode=pie and cgo.
    var merged = elf.section(".data.rel.ro");
    if (merged.isPresent()) {
      long at = search(elf, merged.get());
      if (at >= 0) {
        return read(elf, merged.get(), at);
      }
    }
    throw new BinaryFormatException("no .gopclntab");
  }

  private static long search(ElfFile elf, ElfFile.Section section) throws IOException {
    long size = Math.min(section.size(), SIZE_LIMIT);
    for (long chunk = 0; chunk < size; chunk += CHUNK) {
      var bytes = elf.read(section.offset() + chunk, (int) Math.min(CHUNK, size - chunk));
      for (int i = 0; i + 8 <= bytes.limit(); i += ALIGNMENT) {
        if (Layout.of(bytes.getInt(i)).isPresent() && plausible(bytes, i)) {
          return chunk + i;
        }
      }
    }
    return -1;
  }

  private static boolean plausible(ByteBuffer bytes, int at) {
    int quantum = bytes.get(at + 6);
    return bytes.getShort(at + 4) == 0
        && (quantum == 1 || quantum == 2 || quantum == 4)
        && bytes.get(at + 7) == 8;
  }

  private static TableHeader read(ElfFile elf, ElfFile.Section section, long at)
      throws IOException {
    long size = section.size() - at;
    if (size > SIZE_LIMIT) {
      throw new BinaryFormatException(".gopclntab has " + size + " bytes, limit is " + SIZE_LIMIT);
    }
    long start = section.offset() + at;
    var header = elf.read(start, LONGEST);
    int magic = header.getInt(0);
    var layout = Layout.of(magic);
    if (layout.isEmpty() || !plausible(header, 0)) {
      throw new BinaryFormatException(
          "unknown .gopclntab layout, magic 0x" + Integer.toHexString(magic));
    }
    long functions = header.getLong(8);
    if (functions < 0 || functions > FUNCTIONS_LIMIT) {
      throw new BinaryFormatException(
          ".gopclntab has " + functions + " functions, limit is " + FUNCTIONS_LIMIT);
    }
    int next = layout.get().hasTextStart() ? 32 : 24;
    var parts = new long[5];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = header.getLong(next + 8 * i);
      if (parts[i] < 0 || parts[i] > size) {
        throw new BinaryFormatException(".gopclntab points outside itself");
      }
    }
    if (parts[4] > size - 2L * layout.get().entrySize() * functions) {
      throw new BinaryFormatException(".gopclntab points outside itself");
    }
    return new TableHeader(
        layout.get(),
        header.get(6),
        section.address() + at,
        start + size,
        functions,
        layout.get().hasTextStart() ? header.getLong(24) : 0,
        start + parts[0],
        start + parts[1],
        start + parts[2],
        start + parts[3],
        start + parts[4]);
  }
}
