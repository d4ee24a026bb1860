package dev.heapwarden.probes.go;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Names of map types, from the descriptors that every Go program carries, with or without symbols.
 *
 * <p>Layout: {@code abi.Type} {size, pointer bytes, hash u32, flags u8 @20, align u8, field align
 * u8, kind u8 @23, equal, GC data, name i32 @40, pointer type i32}, and for maps the key's
 * descriptor @48 and the element's @56; src/internal/abi/type.go, map.go and map_*.go of Go 1.21 to
 * 1.27. A name lies at that offset from the types' start: a byte of flags, a varint, so many bytes.
 */
final class MapTypes {
  private static final int DESCRIPTOR = 64;

  /** {@code TFlagExtraStar}: the name begins with a star that is not part of it. */
  private static final int EXTRA_STAR = 2;

  private static final int KIND = 31;
  private static final int MAP = 21;

  /** Types without a name of their own are as long as their fields. */
  private static final int NAME_LIMIT = 100;

  private static final int BYTES_LIMIT = 4096;

  private MapTypes() {}

  /**
   * Such as {@code map[string]*main.session}, whatever name a program gives to the type itself.
   *
   * @param address of the descriptor, before relocation
   * @return empty when no map type of the program is there, as of those made by reflection
   * @throws BinaryFormatException when the descriptor leads outside the types
   */
  static Optional<String> name(ElfFile elf, ModuleData module, long address) throws IOException {
    if (!holds(module, address)) {
      return Optional.empty();
    }
    var type = elf.readAt(address, DESCRIPTOR);
    if ((type.get(23) & KIND) != MAP) {
      return Optional.empty();
    }
    long key = type.getLong(48);
    long element = type.getLong(56);
    return Optional.of(
        holds(module, key) && holds(module, element)
            ? "map[%s]%s".formatted(ownName(elf, module, key), ownName(elf, module, element))
            : ownName(elf, module, address));
  }

  private static boolean holds(ModuleData module, long address) {
    return address >= module.types() && address < module.typesEnd();
  }

  private static String ownName(ElfFile elf, ModuleData module, long address) throws IOException {
    var type = elf.readAt(address, DESCRIPTOR);
    long at = module.types() + Integer.toUnsignedLong(type.getInt(40));
    var head = elf.readAt(at, 3);
    boolean wide = head.get(1) < 0;
    int length = (head.get(1) & 0x7f) | (wide ? (head.get(2) & 0x7f) << 7 : 0);
    if (length > BYTES_LIMIT || (wide && head.get(2) < 0) || at + length > module.typesEnd()) {
      throw new BinaryFormatException("the name of a type lies outside the types");
    }
    long offset = elf.offsetAt(at) + (wide ? 3 : 2);
    var name = new String(elf.bytes(offset, length), StandardCharsets.UTF_8);
    boolean star = (type.get(20) & EXTRA_STAR) != 0 && name.startsWith("*");
    return Names.printable(star ? name.substring(1) : name, NAME_LIMIT);
  }
}
