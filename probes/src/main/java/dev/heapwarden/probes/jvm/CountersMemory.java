package dev.heapwarden.probes.jvm;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.ProcessMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The performance counters in the memory of a JVM: it keeps them there alone when its user has no
 * name, with -XX:+PerfDisableSharedMem, and when another JVM holds the file; and there still after
 * somebody cleaned its /tmp.
 *
 * <p>Found as the JDK's own debugger finds variables, by the table gHotSpotVMStructs that libjvm
 * exports (JDK 17 and 25, src/hotspot/share/runtime/vmStructs.{hpp,cpp}); of the class PerfMemory,
 * in runtime/perfMemory.hpp.
 *
 * @param at their address
 * @param length in bytes
 */
record CountersMemory(JvmProcess process, long at, int length) implements Counters {
  private static final int MAPPINGS = 65_536;

  /** A line of maps of proc(5): the start of libjvm.so. */
  private static final Pattern LIBRARY =
      Pattern.compile("([0-9a-f]+)-\\S+\\s+r\\S+\\s+0+\\s+\\S+\\s+[1-9]\\d*\\s.*/libjvm\\.so");

  private static final String TABLE = "gHotSpotVMStructs";
  private static final String CLASS = "PerfMemory";

  private static final String START = "_start";
  private static final String CAPACITY = "_capacity";
  private static final List<String> FIELDS = List.of(START, CAPACITY);

  /** JDK 25 has 585 and JDK 17 788. */
  private static final int STRUCTS = 8192;

  /** Empty where the JVM keeps none: it was started with -XX:-UsePerfData. */
  static Optional<Counters> of(JvmProcess process) throws IOException {
    var library = library(process);
    if (library.isEmpty()) {
      return Optional.empty();
    }
    try (var memory = ProcessMemory.of(process.directory())) {
      var fields = fields(memory, new LoadedLibrary(memory, library.getAsLong()));
      long at = word(memory, fields, START);
      long length = word(memory, fields, CAPACITY);
      if (at == 0) {
        return Optional.empty();
      }
      if (length <= 0 || length > PerfData.LARGEST) {
        throw new IOException(
            "no performance counters: %d bytes, more than %d".formatted(length, PerfData.LARGEST));
      }
      return Optional.of(new CountersMemory(process, at, (int) length));
    }
  }

  @Override
  public Origin origin() {
    return Origin.JVM_MEMORY;
  }

  @Override
  public long innerPid() {
    return process.innerPid();
  }

  @Override
  public PerfData data() throws IOException {
    try (var memory = ProcessMemory.of(process.directory())) {
      return PerfData.parse(memory.read(at, length));
    }
  }

  private static OptionalLong library(JvmProcess process) throws IOException {
    try (var maps =
        Files.newBufferedReader(process.directory().resolve("maps"), ProcFs.ANY_BYTES)) {
      return maps.lines()
          .limit(MAPPINGS)
          .map(LIBRARY::matcher)
          .filter(Matcher::matches)
          .mapToLong(line -> Long.parseUnsignedLong(line.group(1), 16))
          .findFirst();
    } catch (UncheckedIOException ended) {
      throw ended.getCause();
    }
  }

  /** Addresses of the static fields of the class, by name. */
  private static Map<String, Long> fields(ProcessMemory memory, LoadedLibrary library)
      throws IOException {
    long stride = exported(memory, library, "gHotSpotVMStructEntryArrayStride");
    long typeName = exported(memory, library, "gHotSpotVMStructEntryTypeNameOffset");
    long fieldName = exported(memory, library, "gHotSpotVMStructEntryFieldNameOffset");
    long address = exported(memory, library, "gHotSpotVMStructEntryAddressOffset");
    long table = exported(memory, library, TABLE);
    var found = new HashMap<String, Long>();
    for (int i = 0; i < STRUCTS; i++) {
      long struct = table + stride * i;
      long type = memory.word(struct + typeName);
      if (type == 0) {
        break;
      }
      if (memory.holds(type, CLASS)) {
        for (var field : FIELDS) {
          if (memory.holds(memory.word(struct + fieldName), field)) {
            found.put(field, memory.word(struct + address));
          }
        }
      }
    }
    return found;
  }

  private static long exported(ProcessMemory memory, LoadedLibrary library, String name)
      throws IOException {
    return memory.word(
        library
            .symbol(name)
            .orElseThrow(() -> new IOException("its libjvm does not export " + name)));
  }

  private static long word(ProcessMemory memory, Map<String, Long> fields, String name)
      throws IOException {
    var address = fields.get(name);
    if (address == null) {
      throw new IOException("its libjvm does not tell where %s.%s is".formatted(CLASS, name));
    }
    return memory.word(address);
  }
}
