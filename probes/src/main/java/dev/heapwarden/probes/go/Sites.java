package dev.heapwarden.probes.go;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names the functions of return addresses. A function is the physical one: what the compiler
 * inlined into it bears its name. Remembers the last few thousand answers.
 */
public final class Sites {
  private static final int REMEMBERED = 4096;

  /** Code that grows maps on behalf of someone: the site is whoever called it. */
  private static final List<String> ON_BEHALF =
      List.of("runtime.", "internal/", "reflect.", "maps.", "sync.");

  private final Map<Address, String> names =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Address, String> eldest) {
          return size() > REMEMBERED;
        }
      };

  private record Address(ExecutableId executable, long address) {}

  /**
   * A running Go program.
   *
   * @param executable path at which its file can be opened now, such as /proc/PID/exe
   * @param bias what loading added to the addresses in the file
   */
  public record Program(ExecutableId id, Path executable, GoBinary binary, long bias) {}

  /**
   * First function, from the innermost frame outwards, that is not of the runtime or another
   * library that acts for its caller; empty when no frame could be named so.
   */
  public Optional<String> site(Program program, long... returnAddresses) {
    for (long address : returnAddresses) {
      var name = function(program, address);
      if (name.isPresent() && ON_BEHALF.stream().noneMatch(name.get()::startsWith)) {
        return name;
      }
    }
    return Optional.empty();
  }

  /** Name of the function that a call returns into; empty when the table does not tell. */
  public synchronized Optional<String> function(Program program, long returnAddress) {
    // A call may be the last instruction of its function: the byte before belongs to the caller.
    long address = returnAddress - program.bias() - 1;
    var key = new Address(program.id(), address);
    var known = names.get(key);
    if (known == null) {
      try (var elf = ElfFile.open(program.executable())) {
        known = program.binary().table().nameAt(elf, address).orElse("");
      } catch (IOException _) {
        // The process ended or its table is broken; the next call may know better.
        return Optional.empty();
      }
      names.put(key, known);
    }
    return known.isEmpty() ? Optional.empty() : Optional.of(known);
  }
}
