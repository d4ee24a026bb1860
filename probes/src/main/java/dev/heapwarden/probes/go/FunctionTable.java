package dev.heapwarden.probes.go;

import java.io.IOException;
import java.util.Optional;

/**
 * Go's own table of functions, {@code .gopclntab}: it survives stripping, since the runtime needs
 * it for stack traces. Only the header is held; a look-up reads about twenty entries of the file.
 *
 * <p>Layout: {@code pcHeader} in Go's src/runtime/symtab.go and src/debug/gosym/pclntab.go, magic
 * 0xfffffff0 since Go 1.18 and 0xfffffff1 since 1.20 (checked up to 1.27): {magic u32, zero u16,
 * quantum u8, pointer size u8, functions, files, text start, name offset, CU offset, file offset,
 * pc offset, function offset: u64 each}. An entry of the function table is {entry u32, offset u32};
 * at that offset lies a {@code _func} {entry u32, name i32, ...}.
 */
public final class FunctionTable {
  static final long SIZE_LIMIT = 64L << 20;
  static final long FUNCTIONS_LIMIT = 1_000_000;

  private static final int MAGIC_118 = 0xfffffff0;
  private static final int MAGIC_120 = 0xfffffff1;
  private static final int HEADER_SIZE = 8 + 8 * 8;

  private final long start;
  private final long end;
  private final long functions;
  private final long text;
  private final long namesAt;
  private final long functionsAt;

  private FunctionTable(long start, long end, long[] header, long text) {
    this.start = start;
    this.end = end;
    this.functions = header[0];
    this.text = text;
    this.namesAt = start + header[3];
    this.functionsAt = start + header[7];
  }

  /**
   * Reads the header.
   *
   * @param textStart of the program, before relocation, if the caller knows better than the header
   *     (position-independent files hold 0 there)
   * @throws BinaryFormatException when there is no such table, it is of an unknown layout, or
   *     larger than 64 MiB or a million functions: the message says which
   */
  static FunctionTable read(ElfFile elf, Optional<Long> textStart) throws IOException {
    var section =
        elf.section(".gopclntab")
            .or(() -> elf.section(".data.rel.ro.gopclntab"))
            .orElseThrow(() -> new BinaryFormatException("no .gopclntab"));
    if (section.size() > SIZE_LIMIT) {
      throw new BinaryFormatException(
          ".gopclntab has " + section.size() + " bytes, limit is " + SIZE_LIMIT);
    }
    var header = elf.read(section.offset(), HEADER_SIZE);
    int magic = header.getInt(0);
    if ((magic != MAGIC_118 && magic != MAGIC_120) || header.get(7) != 8) {
      throw new BinaryFormatException(
          "unknown .gopclntab layout, magic 0x" + Integer.toHexString(magic));
    }
    var fields = new long[8];
    for (int i = 0; i < fields.length; i++) {
      fields[i] = header.getLong(8 + 8 * i);
    }
    if (fields[0] < 0 || fields[0] > FUNCTIONS_LIMIT) {
      throw new BinaryFormatException(
          ".gopclntab has " + fields[0] + " functions, limit is " + FUNCTIONS_LIMIT);
    }
    if (fields[3] < 0
        || fields[3] > section.size()
        || fields[7] < 0
        || fields[7] > section.size() - 8 * fields[0]) {
      throw new BinaryFormatException(".gopclntab points outside itself");
    }
    long text =
        textStart.orElseGet(
            () ->
                fields[2] != 0
                    ? fields[2]
                    : elf.section(".text").map(ElfFile.Section::address).orElse(0L));
    return new FunctionTable(section.offset(), section.offset() + section.size(), fields, text);
  }

  /**
   * Name of the function that holds an address, before relocation; empty when none does.
   *
   * @throws BinaryFormatException when the table contradicts itself
   */
  Optional<String> nameAt(ElfFile elf, long address) throws IOException {
    long relative = address - text;
    if (relative < 0 || relative > 0xffffffffL || functions == 0) {
      return Optional.empty();
    }
    long low = 0;
    long high = functions - 1;
    while (low < high) {
      long middle = (low + high + 1) >>> 1;
      if (Integer.toUnsignedLong(elf.read(functionsAt + 8 * middle, 4).getInt(0)) <= relative) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    var entry = elf.read(functionsAt + 8 * low, 8);
    if (Integer.toUnsignedLong(entry.getInt(0)) > relative) {
      return Optional.empty();
    }
    long function = functionsAt + Integer.toUnsignedLong(entry.getInt(4));
    if (function < start || function > end - 8) {
      throw new BinaryFormatException("a function lies outside .gopclntab");
    }
    return Optional.of(elf.string(namesAt + elf.read(function + 4, 4).getInt(0), end));
  }
}
