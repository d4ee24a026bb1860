package dev.heapwarden.probes.go;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The id by which profiles name an executable: the note of type NT_GNU_BUILD_ID.
 *
 * <p>Layout: {name length u32, id length u32, type u32, "GNU\0", id}; Linux
 * include/uapi/linux/elf.h (Elf64_Nhdr).
 */
public final class BuildId {
  private static final int NT_GNU_BUILD_ID = 3;
  private static final int HEADER_SIZE = 16;
  private static final int LENGTH_LIMIT = 64;

  private BuildId() {}

  /** In hex; empty when the file has none. */
  public static Optional<String> read(Path executable) throws IOException {
    try (var elf = ElfFile.open(executable)) {
      var section = elf.section(".note.gnu.build-id");
      if (section.isEmpty() || section.get().size() < HEADER_SIZE) {
        return Optional.empty();
      }
      var header = elf.read(section.get().offset(), HEADER_SIZE);
      int length = header.getInt(4);
      if (header.getInt(8) != NT_GNU_BUILD_ID || length <= 0 || length > LENGTH_LIMIT) {
        return Optional.empty();
      }
      return Optional.of(
          HexFormat.of().formatHex(elf.bytes(section.get().offset() + HEADER_SIZE, length)));
    }
  }
}
