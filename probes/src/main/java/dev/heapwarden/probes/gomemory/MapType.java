package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.target.MemoryException;

/**
 * How the entries of a map's type lie in its table: groups of eight, which old releases call
 * buckets. A group begins with a control byte for each entry.
 *
 * <p>Layout: Type, MapType and SwissMapType in Go's src/internal/abi/type.go, map.go and
 * map_swiss.go, group in src/internal/runtime/maps/group.go, bmap in src/runtime/map.go (1.21 to
 * 1.27).
 *
 * @param textKeys whether they are strings
 * @param groupSize in bytes
 * @param keysOffset of the first key in a group
 * @param keyStride from one key of a group to the next
 */
record MapType(boolean textKeys, int groupSize, int keysOffset, int keyStride) {
  /** MapGroupSlots, MapBucketCount. */
  static final int SLOTS = 8;

  /** Larger keys and elements are referred to: MapMaxKeyBytes and MapMaxElemBytes. */
  private static final int LARGEST = SLOTS + SLOTS * (128 + 128) + Long.BYTES;

  /** A pointer and a length. */
  private static final int STRING_SIZE = 16;

  private static final int KIND = 31;
  private static final int MAP = 21;
  private static final int STRING = 24;

  /**
   * Reads it.
   *
   * @param descriptor its address in the process
   * @throws MemoryException when no map type is there
   */
  static MapType read(GoProcess process, long descriptor) throws MemoryException {
    var layout = process.layout();
    var name =
        layout.find("internal/abi.SwissMapType").isPresent()
            ? "internal/abi.SwissMapType"
            : "internal/abi.MapType";
    var type = process.memory().read(descriptor, layout.at(name));
    int kind = layout.at("internal/abi.Type.Kind_");
    long key = type.getLong(layout.at(name + ".Key"));
    boolean text =
        (type.get(kind) & KIND) == MAP
            && (process.memory().read(key + kind, 1).get(0) & KIND) == STRING;
    long groupSize;
    long offset = SLOTS;
    long stride;
    if (layout.find(name + ".BucketSize").isPresent()) {
      groupSize = Short.toUnsignedLong(type.getShort(layout.at(name + ".BucketSize")));
      stride = Byte.toUnsignedLong(type.get(layout.at(name + ".KeySize")));
    } else {
      groupSize = type.getLong(layout.at(name + ".GroupSize"));
      if (layout.find(name + ".KeyStride").isPresent()) {
        offset = type.getLong(layout.at(name + ".KeysOff"));
        stride = type.getLong(layout.at(name + ".KeyStride"));
      } else {
        stride = type.getLong(layout.at(name + ".SlotSize"));
      }
    }
    if ((type.get(kind) & KIND) != MAP
        || groupSize < SLOTS
        || groupSize > LARGEST
        || offset < SLOTS
        || offset > groupSize
        || stride < (text ? STRING_SIZE : 0)
        || stride > groupSize
        || offset + stride * (SLOTS - 1) + (text ? STRING_SIZE : 0) > groupSize) {
      throw new MemoryException("no map type where one should be", null);
    }
    return new MapType(text, (int) groupSize, (int) offset, (int) stride);
  }
}
