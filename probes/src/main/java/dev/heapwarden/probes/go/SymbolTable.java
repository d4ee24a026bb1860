package dev.heapwarden.probes.go;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
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
  private static final int CHUNK_SYMBOLS = 16 * 1024;
  private static final int CHUNK_BYTES = 256 * 1024;

  /** Kubernetes' own binaries have about 15 MB of names. */
  private static final long TABLE_LIMIT = 256L << 20;

  private SymbolTable() {}

  /**
   * The addresses of those of the functions that the file has; empty when it has no symbol table.
   *
   * @throws BinaryFormatException when the table is larger than 256 MiB or lies outside the file
   */
  static Map<String, Long> functions(ElfFile elf, Set<String> names) throws IOException {
    return addresses(elf, names, STT_FUNC);
  }

  /** The same of variables. */
  static Map<String, Long> variables(ElfFile elf, Set<String> names) throws IOException {
    return addresses(elf, names, STT_OBJECT);
  }

  private static Map<String, Long> addresses(ElfFile elf, Set<String> names, int type)
      throws IOException {
    var table = elf.section(".symtab");
    if (table.isEmpty()) {
      return Map.of();
    }
    var symbols = table.get();
    var strings = elf.linked(symbols);
    if (symbols.size() > TABLE_LIMIT || strings.size() > TABLE_LIMIT) {
      throw new BinaryFormatException("symbol table is larger than 256 MiB");
    }
    var offsets = offsetsOf(elf, strings, names);
    var found = new HashMap<String, Long>();
    long count = symbols.size() / SYMBOL_SIZE;
    for (long first = 0; first < count && !offsets.isEmpty(); first += CHUNK_SYMBOLS) {
      int here = (int) Math.min(CHUNK_SYMBOLS, count - first);
      var chunk = elf.read(symbols.offset() + first * SYMBOL_SIZE, here * SYMBOL_SIZE);
      for (int i = 0; i < here; i++) {
        int at = i * SYMBOL_SIZE;
        var name = offsets.get(Integer.toUnsignedLong(chunk.getInt(at)));
        if (name != null && (chunk.get(at + 4) & 0xf) == type) {
          found.putIfAbsent(name, chunk.getLong(at + 8));
        }
      }
    }
    return Map.copyOf(found);
  }

  /** Linkers may let one name be the tail of a longer one, so tails count too. */
  private static Map<Long, String> offsetsOf(
      ElfFile elf, ElfFile.Section strings, Set<String> names) throws IOException {
    var offsets = new HashMap<Long, String>();
    int longest = names.stream().mapToInt(String::length).max().orElse(0);
    var wanted = new HashMap<String, byte[]>();
    names.forEach(name -> wanted.put(name, name.getBytes(StandardCharsets.UTF_8)));
    for (long start = 0; start < strings.size(); start += CHUNK_BYTES) {
      long from = Math.max(0, start - longest);
      int length = (int) Math.min(start + CHUNK_BYTES, strings.size()) - (int) from;
      var bytes = elf.bytes(strings.offset() + from, length);
      for (int end = (int) (start - from); end < bytes.length; end++) {
        if (bytes[end] == 0) {
          for (var name : wanted.entrySet()) {
            if (endsWith(bytes, end, name.getValue())) {
              offsets.put(from + end - name.getValue().length, name.getKey());
            }
          }
        }
      }
    }
    return offsets;
  }

  private static boolean endsWith(byte[] bytes, int end, byte[] name) {
    int start = end - name.length;
    return start >= 0
        && bytes[start] == name[0]
        && java.util.Arrays.equals(bytes, start, end, name, 0, name.length);
  }
}
