package dev.heapwarden.probes.go;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * What the linker tells the runtime of the program's layout: {@code runtime.firstmoduledata}, found
 * without symbols by its first word, which is the address of {@code .gopclntab}, and by its text,
 * which is code.
 *
 * <p>Layout: {@code moduledata} in Go's src/runtime/symtab.go, read of 1.21.13, 1.23.12, 1.24.13,
 * 1.25.9, 1.26.8 and 1.27.0. The text is word 22 and the types are word 37 in all of them; in 1.27
 * typedesclen, itaboffset and itabsize came between what followed.
 *
 * @param text address that function entries count from, before relocation, as all of these
 * @param types start of the type descriptors and their names
 * @param typesEnd their end
 * @param functionData what a function's data offsets count from
 */
record ModuleData(long text, long types, long typesEnd, long functionData) {
  private static final int TEXT = 22 * 8;
  private static final int TYPES = 37 * 8;
  private static final int READ = 44 * 8;
  private static final int FIRST_WITH_TYPE_LENGTHS = 27;

  private static final int CHUNK = 256 * 1024;

  /** Programs embed files in their data. */
  private static final long SECTION_LIMIT = 256L << 20;

  /** A section of its own since Go 1.26. */
  private static final List<String> SECTIONS = List.of(".go.module", ".noptrdata", ".data");

  /**
   * Finds it.
   *
   * @param table address of {@code .gopclntab}
   * @return empty when no section has it
   */
  static Optional<ModuleData> find(ElfFile elf, long table, GoVersion release) throws IOException {
    for (var name : SECTIONS) {
      var section = elf.section(name);
      if (section.isPresent()) {
        var found = find(elf, section.get(), table, release);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<ModuleData> find(
      ElfFile elf, ElfFile.Section section, long table, GoVersion release) throws IOException {
    long size = Math.min(section.size(), SECTION_LIMIT);
    for (long chunk = 0; chunk < size; chunk += CHUNK) {
      // Chunks overlap, so that it lies wholly in one.
      var bytes = elf.readAt(section.address() + chunk, (int) Math.min(CHUNK + READ, size - chunk));
      for (int i = 0; i + READ <= bytes.limit(); i += 8) {
        if (bytes.getLong(i) == table && elf.executable(bytes.getLong(i + TEXT))) {
          return Optional.of(read(bytes, i, release));
        }
      }
    }
    return Optional.empty();
  }

  private static ModuleData read(ByteBuffer bytes, int at, GoVersion release) {
    boolean lengths = release.minor() >= FIRST_WITH_TYPE_LENGTHS;
    return new ModuleData(
        bytes.getLong(at + TEXT),
        bytes.getLong(at + TYPES),
        bytes.getLong(at + TYPES + (lengths ? 16 : 8)),
        bytes.getLong(at + TYPES + (lengths ? 48 : 24)));
  }
}
