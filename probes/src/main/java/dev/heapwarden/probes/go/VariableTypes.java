package dev.heapwarden.probes.go;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Types of a Go program's global variables, as its debugging information names them: such as {@code
 * map[string]*main.session}. {@code go build} writes it unless {@code -ldflags} has {@code -w} or
 * {@code -s}.
 */
public final class VariableTypes {
  /** DW_TAG_variable. */
  private static final int VARIABLE = 0x34;

  /** Kubernetes' API server, among the largest there are, has some 60 MB. */
  private static final long LIMIT = 256L << 20;

  private static final int NAME_LIMIT = 200;

  private VariableTypes() {}

  /**
   * By variable, as far as they can be told: of a program without debugging information, or with
   * some that is not understood, nothing.
   *
   * @param variables such as main.sessions
   */
  public static Map<String, String> read(Path executable, Set<String> variables) {
    if (variables.isEmpty()) {
      return Map.of();
    }
    try (var elf = ElfFile.open(executable)) {
      var info = elf.section(".debug_info");
      return info.isEmpty() ? Map.of() : read(elf, info.get(), variables);
    } catch (IOException unreadable) {
      return Map.of();
    }
  }

  private static Map<String, String> read(ElfFile elf, ElfFile.Section info, Set<String> variables)
      throws IOException {
    var types = new HashMap<String, Long>();
    DebugEntries.visit(
        elf,
        info,
        LIMIT,
        entry -> {
          if (entry.tag() == VARIABLE && entry.type() >= 0 && variables.contains(entry.name())) {
            types.putIfAbsent(entry.name(), entry.type());
          }
        });
    var wanted = new HashSet<>(types.values());
    var names = new HashMap<Long, String>();
    DebugEntries.visit(
        elf,
        info,
        LIMIT,
        entry -> {
          if (wanted.contains(entry.offset()) && !entry.name().isEmpty()) {
            names.put(entry.offset(), Names.printable(entry.name(), NAME_LIMIT));
          }
        });
    var told = new HashMap<String, String>();
    types.forEach(
        (variable, type) -> {
          var name = names.get(type);
          if (name != null) {
            told.put(variable, name);
          }
        });
    return told;
  }
}
