package dev.heapwarden.probes.go;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The global variables of a Go program that may hold pointers: what its symbol table names in
 * {@code .data} and {@code .bss}. Those without pointers Go's linker puts into {@code .noptrdata}
 * and {@code .noptrbss}.
 *
 * @param variables by address
 * @param sections that they lie in, by address, with what has no name too
 */
public record GlobalVariables(List<Variable> variables, List<Area> sections) {
  /** Kubernetes' own binaries have some 30,000. */
  private static final int VARIABLES_LIMIT = 100_000;

  private static final int NAME_LIMIT = 200;

  private static final List<String> SECTIONS = List.of(".data", ".bss");

  /** First elements of the standard library's paths: {@code go list std} of Go 1.21 to 1.27. */
  private static final Set<String> STANDARD =
      Set.of(
          ("archive bufio bytes cmp compress container context crypto database debug embed encoding"
                  + " errors expvar flag fmt go hash html image index internal io iter log maps math"
                  + " mime net os path plugin reflect regexp slices sort strconv strings structs sync"
                  + " syscall testing text time unicode unique unsafe uuid vendor weak")
              .split(" ", -1));

  /** Whose a variable is. */
  public enum Owner {
    /** The program's, or a module's that it uses. */
    PROGRAM,
    STANDARD_LIBRARY,
    RUNTIME
  }

  /**
   * One of them.
   *
   * @param name such as main.sessions
   * @param address before relocation
   * @param size in bytes
   */
  public record Variable(String name, long address, long size) {}

  /** A part of the memory, by its address before relocation and its size in bytes. */
  public record Area(long address, long size) {
    public long end() {
      return address + size;
    }
  }

  public GlobalVariables {
    variables = List.copyOf(variables);
    sections = List.copyOf(sections);
  }

  /**
   * Reads them.
   *
   * @return empty of a program without a symbol table
   * @throws BinaryFormatException when it contradicts itself, or has more than 100,000
   */
  public static Optional<GlobalVariables> read(Path executable) throws IOException {
    try (var elf = ElfFile.open(executable)) {
      var table = elf.section(".symtab");
      return table.isEmpty() ? Optional.empty() : Optional.of(read(elf, table.get()));
    }
  }

  private static GlobalVariables read(ElfFile elf, ElfFile.Section table) throws IOException {
    var names = elf.linked(table);
    var sections =
        SECTIONS.stream()
            .flatMap(name -> elf.loaded(name).stream())
            .map(section -> new Area(section.address(), section.size()))
            .sorted(Comparator.comparingLong(Area::address))
            .toList();
    var found = new ArrayList<Variable>();
    SymbolTable.variables(
        elf,
        table,
        (name, address, size) -> {
          if (size >= Long.BYTES
              && sections.stream().anyMatch(section -> holds(section, address, size))) {
            if (found.size() == VARIABLES_LIMIT) {
              throw new BinaryFormatException("more than 100,000 global variables");
            }
            var text = elf.string(names.offset() + name, names.offset() + names.size());
            found.add(new Variable(Names.printable(text, NAME_LIMIT), address, size));
          }
        });
    found.sort(Comparator.comparingLong(Variable::address));
    return new GlobalVariables(found, sections);
  }

  private static boolean holds(Area section, long address, long size) {
    return address >= section.address() && address - section.address() <= section.size() - size;
  }

  /** Of a variable or function, by the path of its package; a name without one is C's. */
  public static Owner owner(String name) {
    int parameters = name.indexOf('[');
    var plain = parameters < 0 ? name : name.substring(0, parameters);
    int slash = plain.indexOf('/');
    int end = slash < 0 ? plain.indexOf('.') : slash;
    var first = plain.substring(0, Math.max(end, 0));
    if (first.isEmpty() || first.equals("runtime") || plain.startsWith("internal/runtime/")) {
      return Owner.RUNTIME;
    }
    return STANDARD.contains(first) ? Owner.STANDARD_LIBRARY : Owner.PROGRAM;
  }
}
