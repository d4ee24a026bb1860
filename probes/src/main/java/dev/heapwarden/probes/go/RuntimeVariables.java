package dev.heapwarden.probes.go;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Where a Go program keeps what its runtime knows of itself.
 *
 * @param found by name
 * @param refusals of a program without symbols: why the others were not found, by name
 */
public record RuntimeVariables(Map<String, Variable> found, Map<String, String> refusals) {
  /**
   * One of them.
   *
   * @param address before relocation
   * @param size in bytes; 0 where the program does not tell
   */
  public record Variable(long address, long size) {}

  /** {@code *bucket}, the allocation sites; src/runtime/mprof.go. */
  public static final String MEMORY_BUCKETS = "runtime.mbuckets";

  /** {@code mProfCycleHolder}; src/runtime/mprof.go. */
  public static final String PROFILE_CYCLE = "runtime.mProfCycle";

  /** {@code int}, bytes per sample; src/runtime/mprof.go. */
  public static final String PROFILE_RATE = "runtime.MemProfileRate";

  /**
   * {@code bool} that the linker sets when nothing in the program can ask for a heap profile;
   * src/runtime/mprof.go.
   */
  public static final String PROFILE_DISABLED = "runtime.disableMemoryProfiling";

  /** {@code []*g}, all goroutines; src/runtime/proc.go. */
  public static final String GOROUTINES = "runtime.allgs";

  /** {@code []*p}, Go's processors; src/runtime/runtime2.go. */
  public static final String PROCESSORS = "runtime.allp";

  /** {@code schedt}; src/runtime/runtime2.go. */
  public static final String SCHEDULER = "runtime.sched";

  /** {@code [...]string}; src/runtime/runtime2.go. */
  public static final String WAIT_REASONS = "runtime.waitReasonStrings";

  /** {@code mstats}; src/runtime/mstats.go. */
  public static final String STATISTICS = "runtime.memstats";

  /** {@code gcControllerState}; src/runtime/mgcpacer.go. */
  public static final String COLLECTOR = "runtime.gcController";

  /** {@code mheap}; src/runtime/mheap.go. */
  public static final String HEAP = "runtime.mheap_";

  private static final Set<String> LOOKED_FOR =
      Set.of(
          MEMORY_BUCKETS,
          PROFILE_CYCLE,
          PROFILE_RATE,
          PROFILE_DISABLED,
          GOROUTINES,
          PROCESSORS,
          SCHEDULER,
          WAIT_REASONS,
          STATISTICS,
          COLLECTOR,
          HEAP);

  public RuntimeVariables {
    found = Map.copyOf(found);
    refusals = Map.copyOf(refusals);
  }

  /** Those of a program that names them. */
  public RuntimeVariables(Map<String, Variable> found) {
    this(found, Map.of());
  }

  /**
   * Looks them up in an executable's symbol table; without one, by what its code refers to.
   *
   * @param binary what was read of it before
   * @throws BinaryFormatException when it contradicts itself
   */
  public static RuntimeVariables read(Path executable, GoBinary binary) throws IOException {
    try (var elf = ElfFile.open(executable)) {
      var named = SymbolTable.variables(elf, LOOKED_FOR);
      return named.isEmpty() && binary.table().isPresent()
          ? CodeReferences.find(elf, binary.table().get(), LOOKED_FOR)
          : new RuntimeVariables(named);
    }
  }

  /** Why one of that name was not found. */
  public String refusal(String name) {
    return refusals.getOrDefault(name, "its symbol table has no " + name);
  }

  public OptionalLong address(String name) {
    var variable = found.get(name);
    return variable == null ? OptionalLong.empty() : OptionalLong.of(variable.address());
  }

  /** 0 when the program has none of that name. */
  public long size(String name) {
    var variable = found.get(name);
    return variable == null ? 0 : variable.size();
  }
}
