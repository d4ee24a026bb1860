package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.target.MemoryException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Maps since Go 1.24: one group, or a directory of tables that each keep the entries of some
 * hashes. A table stands in the directory as often as its hashes do. With 896 entries in its 1024
 * places it is split in two half as full, whatever the others hold: table.rehash and split.
 *
 * <p>Layout: Map, table and groupsReference in Go's src/internal/runtime/maps/map.go, table.go and
 * group.go (1.24 to 1.27).
 */
final class SwissMaps implements MapTable.Layout {
  static final String MAP = "internal/runtime/maps.Map";
  private static final String TABLE = "internal/runtime/maps.table";

  /** maxTableCapacity. */
  private static final int TABLE_LIMIT = 1024;

  /** Maps of some 60 million entries. */
  private static final int DIRECTORY_LIMIT = 1 << 17;

  private static final int TABLES_LIMIT = 1 << 16;

  /** ctrlEmpty; those that are not negative are those of entries. */
  private static final byte EMPTY = (byte) 0x80;

  /** ctrlDeleted. */
  private static final byte DELETED = (byte) 0xfe;

  private final GoProcess process;
  private final GoLayout layout;

  SwissMaps(GoProcess process) {
    this.process = process;
    layout = process.layout();
  }

  @Override
  public int headerSize() {
    return layout.at(MAP);
  }

  @Override
  public boolean sameTable(ByteBuffer before, ByteBuffer after) {
    return directory(before) == directory(after) && length(before) == length(after);
  }

  private long directory(ByteBuffer map) {
    return map.getLong(layout.at(MAP + ".dirPtr"));
  }

  private long length(ByteBuffer map) {
    return map.getLong(layout.at(MAP + ".dirLen"));
  }

  @Override
  public long entries(ByteBuffer map) {
    return map.getLong(layout.at(MAP + ".used"));
  }

  @Override
  public MapTable table(ByteBuffer map) throws MemoryException {
    long used = entries(map);
    int depth = map.get(layout.at(MAP + ".globalDepth"));
    int shift = map.get(layout.at(MAP + ".globalShift"));
    long length = length(map);
    if (length == 0 && depth == 0) {
      return small(used, directory(map));
    }
    if (used < 0
        || depth < 0
        || depth >= Integer.SIZE
        || length != 1L << depth
        || shift != Long.SIZE - depth) {
      throw MapTable.noMap();
    }
    return directory(used, directory(map), length, depth);
  }

  /** A map gets its first group with its first entry. */
  private static MapTable small(long used, long group) throws MemoryException {
    if (used < 0 || used > (group == 0 ? 0 : MapType.SLOTS)) {
      throw MapTable.noMap();
    }
    return group == 0
        ? new MapTable(0, 0, 0, List.of(), false)
        : new MapTable(
            used, used, MapType.SLOTS, List.of(new MapTable.Groups(group, 1, used)), false);
  }

  private MapTable directory(long used, long directory, long length, int depth)
      throws MemoryException {
    if (length > DIRECTORY_LIMIT) {
      throw tooLarge();
    }
    var pointers = process.memory().read(directory, length * Long.BYTES).asLongBuffer();
    var arrays = new ArrayList<MapTable.Groups>();
    long counted = 0;
    long capacity = 0;
    for (int i = 0; i < length; ) {
      if (arrays.size() == TABLES_LIMIT) {
        throw tooLarge();
      }
      var table = process.memory().read(pointers.get(i), layout.at(TABLE));
      int room = Short.toUnsignedInt(table.getShort(layout.at(TABLE + ".capacity")));
      int held = Short.toUnsignedInt(table.getShort(layout.at(TABLE + ".used")));
      int localDepth = table.get(layout.at(TABLE + ".localDepth"));
      long groups = table.getLong(layout.at(TABLE + ".groups.lengthMask")) + 1;
      if (held > room
          || room > TABLE_LIMIT
          || groups * MapType.SLOTS != room
          || Long.bitCount(groups) != 1
          || localDepth < 0
          || localDepth > depth
          || table.getLong(layout.at(TABLE + ".index")) != i) {
        throw MapTable.noMap();
      }
      counted += held;
      capacity += room;
      arrays.add(
          new MapTable.Groups(table.getLong(layout.at(TABLE + ".groups.data")), groups, held));
      i += 1 << (depth - localDepth);
    }
    return new MapTable(used, counted, capacity, arrays, false);
  }

  private static MemoryException tooLarge() {
    return new MemoryException("it has more than %d tables".formatted(TABLES_LIMIT), null);
  }

  @Override
  public boolean plausible(ByteBuffer group) {
    for (int i = 0; i < MapType.SLOTS; i++) {
      if (!live(group.get(i)) && group.get(i) != EMPTY && group.get(i) != DELETED) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean live(byte control) {
    return control >= 0;
  }

  @Override
  public boolean overflows(ByteBuffer group) {
    for (int i = 0; i < MapType.SLOTS; i++) {
      if (group.get(i) == EMPTY) {
        return false;
      }
    }
    return true;
  }

  @Override
  public long next(ByteBuffer group) {
    return 0;
  }
}
