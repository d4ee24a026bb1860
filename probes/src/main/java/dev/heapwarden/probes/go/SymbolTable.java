package dev.heapwarden.probes.go;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Looks a few names up in {@code .symtab} without holding it: first where they lie among the names,
 * then which symbols point there.
 *
 * <p>Layout: Elf64_Sym, 24 bytes {name u32, info u8, other u8, section u16, value u64, size u64};
 * the low four bits of info are the type.
 */
final class SymbolTable {
  private static final int SYMBOL_SIZE = 24;
  private static final int STT_OBJECT = 1;
  private static final int STT_FUNC = 2;
  private static final int STT_GNU_IFUNC = 10;
  private static final int SHN_UNDEF = 0;
  private static final int CHUNK_SYMBOLS = 16 * 1024;

  /** Kubernetes' own binaries have about 15 MB of names. */
  private static final long TABLE_LIMIT = 256L << 20;

  private SymbolTable() {}

  /**
   * The addresses of those of the functions that the file has; empty when it has no symbol table.
   *
   * @throws BinaryFormatException when the table is larger than 256 MiB or lies outside the file
   */
  static Map<String, Long> functions(ElfFile elf, Set<String> names) throws IOException {
    var found = new HashMap<String, Long>();
    find(elf, names, STT_FUNC, (name, address, _) -> found.putIfAbsent(name, address));
    return Map.copyOf(found);
  }

  /** The same of variables. */
  static Map<String, RuntimeVariables.Variable> variables(ElfFile elf, Set<String> names)
      throws IOException {
    var found = new HashMap<String, RuntimeVariables.Variable>();
    find(
        elf,
        names,
        STT_OBJECT,
        (name, address, size) ->
            found.putIfAbsent(name, new RuntimeVariables.Variable(address, size)));
    return Map.copyOf(found);
  }

  private interface Finder {
    void found(String name, long address, long size);
  }

  private static void find(ElfFile elf, Set<String> names, int type, Finder finder)
      throws IOException {
    var table = elf.section(".symtab");
    if (table.isEmpty()) {
      return;
    }
    var symbols = bounded(table.get());
    var strings = bounded(elf.linked(symbols));
    var offsets = Names.offsets(elf, strings.offset(), strings.size(), names);
    each(
        elf,
        symbols,
        type,
        (name, address, size) -> {
          var wanted = offsets.get(name);
          if (wanted != null) {
            finder.found(wanted, address, size);
          }
        });
  }

  /**
   * Those of the numbers that, taken for addresses, lie in a function that the file gives to others
   * or takes from them, {@code .dynsym}.
   *
   * @throws BinaryFormatException when the table is larger than 256 MiB or lies outside the file
   */
  static Set<Long> coveredByDynamic(ElfFile elf, Set<Long> addresses) throws IOException {
    var covered = new HashSet<Long>();
    var table = elf.section(".dynsym");
    if (table.isPresent()) {
      each(
          elf,
          bounded(table.get()),
          STT_FUNC,
          (_, address, size) ->
              addresses.stream()
                  .filter(wanted -> wanted >= address && wanted - address < size)
                  .forEach(covered::add));
    }
    return covered;
  }

  /** Is told of symbols, each name by where it is among the names. */
  interface Visitor {
    void symbol(long name, long address, long size) throws IOException;
  }

  /** Visits the functions that are in the file, not those that it takes from others. */
  static void functions(ElfFile elf, ElfFile.Section table, Visitor visitor) throws IOException {
    each(elf, bounded(table), STT_FUNC, visitor);
    each(elf, table, STT_GNU_IFUNC, visitor);
  }

  /** Visits the variables of {@code .symtab}. */
  static void variables(ElfFile elf, ElfFile.Section table, Visitor visitor) throws IOException {
    each(elf, bounded(table), STT_OBJECT, visitor);
  }

  private static void each(ElfFile elf, ElfFile.Section symbols, int type, Visitor visitor)
      throws IOException {
    long count = symbols.size() / SYMBOL_SIZE;
    for (long first = 0; first < count; first += CHUNK_SYMBOLS) {
      int here = (int) Math.min(CHUNK_SYMBOLS, count - first);
      var chunk = elf.read(symbols.offset() + first * SYMBOL_SIZE, here * SYMBOL_SIZE);
      for (int at = 0; at < here * SYMBOL_SIZE; at += SYMBOL_SIZE) {
        if ((chunk.get(at + 4) & 0xf) == type && chunk.getShort(at + 6) != SHN_UNDEF) {
          visitor.symbol(
              Integer.toUnsignedLong(chunk.getInt(at)),
              chunk.getLong(at + 8),
              chunk.getLong(at + 16));
        }
      }
    }
  }

  private static ElfFile.Section bounded(ElfFile.Section section) throws BinaryFormatException {
    if (section.size() > TABLE_LIMIT) {
      throw new BinaryFormatException("symbol table is larger than 256 MiB");
    }
    return section;
  }
}
