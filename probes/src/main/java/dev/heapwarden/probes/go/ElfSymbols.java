package dev.heapwarden.probes.go;

import java.io.IOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The functions that an ELF file names in its tables of symbols: {@code .symtab}, and {@code
 * .dynsym}, which stripping leaves. Nothing is held but what is asked for.
 */
public final class ElfSymbols {
  /** Of several names of one function the plainest: malloc before __libc_malloc. */
  private static final Comparator<Function> PLAINEST =
      Comparator.comparing((Function function) -> function.name().startsWith("_"))
          .thenComparingInt(function -> function.name().length())
          .thenComparing(Function::name);

  private static final int EM_X86_64 = 62;
  private static final int REX_B = 0x41;

  private static final int CALL_RELATIVE = 0xe8;
  private static final int CALL_INDIRECT = 0xff;

  /** Opcode, ModRM, SIB and 32 bits of displacement. */
  private static final int LONGEST_CALL = 7;

  private ElfSymbols() {}

  /**
   * One name of a function.
   *
   * @param address before relocation
   * @param size in bytes; 0 where the file does not say
   */
  public record Function(String name, long address, long size) {}

  /** The functions that addresses lie in, by address; those that lie in none are left out. */
  public static Map<Long, Function> covering(ElfFile elf, Collection<Long> addresses)
      throws IOException {
    var wanted = new TreeSet<>(addresses);
    var found = new HashMap<Long, Function>();
    for (var table : tables(elf)) {
      var names = elf.linked(table);
      SymbolTable.functions(
          elf,
          table,
          (name, address, size) -> {
            if (size > 0 && address + size > address) {
              var held = wanted.subSet(address, address + size);
              if (!held.isEmpty()) {
                var function = new Function(text(elf, names, name), address, size);
                held.forEach(at -> found.merge(at, function, ElfSymbols::plainer));
              }
            }
          });
    }
    return Map.copyOf(found);
  }

  /** Tells all functions, each as often as it has names, and some twice. */
  public static void each(ElfFile elf, Consumer<Function> visitor) throws IOException {
    for (var table : tables(elf)) {
      each(elf, table, visitor);
    }
  }

  /** Those of the names that the file has, by its tables. */
  public static Map<String, Function> named(ElfFile elf, Set<String> wanted) throws IOException {
    var found = new TreeMap<String, Function>();
    each(
        elf,
        function -> {
          if (wanted.contains(function.name())) {
            found.putIfAbsent(function.name(), function);
          }
        });
    return found;
  }

  /** Whether the file gives a function of this name to others, so that theirs yield to it. */
  public static boolean exports(ElfFile elf, String name) throws IOException {
    var found = new AtomicBoolean();
    var table = elf.section(".dynsym");
    if (table.isPresent()) {
      each(elf, table.get(), function -> found.compareAndSet(false, function.name().equals(name)));
    }
    return found.get();
  }

  /** Whether a function begins with a push, which the kernel carries out itself at a uprobe. */
  public static boolean pushesFirst(ElfFile elf, Function function) throws IOException {
    if (elf.machine() != EM_X86_64) {
      return false;
    }
    var code = elf.readAt(function.address(), 2);
    int first = Byte.toUnsignedInt(code.get(0));
    return isPush(first == REX_B ? Byte.toUnsignedInt(code.get(1)) : first);
  }

  /**
   * Whether a call may end at an address: on amd64 {@code call rel32} or {@code call r/m64} (Intel
   * SDM, volume 2, "CALL"); elsewhere it is not looked at.
   */
  public static boolean endsCall(ElfFile elf, long last) throws IOException {
    if (elf.machine() != EM_X86_64) {
      return true;
    }
    var code = elf.readAt(last + 1 - LONGEST_CALL, LONGEST_CALL);
    if (Byte.toUnsignedInt(code.get(LONGEST_CALL - 5)) == CALL_RELATIVE) {
      return true;
    }
    for (int length = 2; length <= LONGEST_CALL; length++) {
      int at = LONGEST_CALL - length;
      if (Byte.toUnsignedInt(code.get(at)) == CALL_INDIRECT && (code.get(at + 1) >> 3 & 7) == 2) {
        return true;
      }
    }
    return false;
  }

  private static boolean isPush(int opcode) {
    return opcode >= 0x50 && opcode <= 0x57;
  }

  private static Function plainer(Function one, Function other) {
    return PLAINEST.compare(one, other) <= 0 ? one : other;
  }

  private static void each(ElfFile elf, ElfFile.Section table, Consumer<Function> visitor)
      throws IOException {
    var names = elf.linked(table);
    SymbolTable.functions(
        elf,
        table,
        (name, address, size) ->
            visitor.accept(new Function(text(elf, names, name), address, size)));
  }

  private static List<ElfFile.Section> tables(ElfFile elf) {
    return Stream.of(".symtab", ".dynsym").flatMap(name -> elf.section(name).stream()).toList();
  }

  private static String text(ElfFile elf, ElfFile.Section names, long name) throws IOException {
    return elf.string(names.offset() + name, names.offset() + names.size());
  }
}
