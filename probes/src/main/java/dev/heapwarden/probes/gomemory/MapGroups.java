package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.target.MemoryException;
import dev.heapwarden.probes.target.ProcessMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Groups of one table, the first of them: where an entry lies is chance, by its hash. */
final class MapGroups {
  private static final int CHUNK = 64 << 10;

  /** Buckets that go on where one has no room. */
  private static final int CHAIN_LIMIT = 64;

  /** Looks at groups as they are read. */
  interface Visitor {
    /**
     * Is shown groups that lie one behind the other.
     *
     * @param address of the first
     */
    void visit(long address, ByteBuffer groups) throws MemoryException;

    /** Whether it needs no more. */
    boolean satisfied();
  }

  private final ProcessMemory memory;
  private final MapTable.Layout layout;
  private final MapType type;
  private final Visitor visitor;
  private int looked;
  private int occupied;
  private int overflowing;
  private long live;
  private double expected;

  MapGroups(ProcessMemory memory, MapTable.Layout layout, MapType type, Visitor visitor) {
    this.memory = memory;
    this.layout = layout;
    this.type = type;
    this.visitor = visitor;
  }

  /**
   * Counts what they hold, until the visitor is satisfied.
   *
   * @param limit of groups
   * @throws MemoryException when they cannot be read
   */
  void visit(MapTable table, int limit) throws MemoryException {
    int size = type.groupSize();
    // Entries leave the start of one array for the start of the other.
    long each = table.moving() ? limit / table.arrays().size() : limit;
    for (var array : table.arrays()) {
      long end = Math.min(array.count(), each);
      for (long i = 0; i < end && looked < limit && !visitor.satisfied(); ) {
        int count = (int) Math.min(Math.min(CHUNK / size, limit - looked), end - i);
        long address = array.address() + i * size;
        var chunk = memory.read(address, (long) count * size);
        visitor.visit(address, chunk);
        for (int j = 0; j < count; j++) {
          visit(chunk.slice(j * size, size).order(ByteOrder.LITTLE_ENDIAN));
        }
        expected += (double) array.entries() * count / array.count();
        i += count;
      }
    }
  }

  private void visit(ByteBuffer first) throws MemoryException {
    looked++;
    if (layout.overflows(first)) {
      overflowing++;
    }
    int held = held(first);
    long next = layout.next(first);
    for (int i = 0; next != 0; i++) {
      if (i == CHAIN_LIMIT) {
        throw MapTable.noMap();
      }
      var group = memory.read(next, type.groupSize());
      visitor.visit(next, group);
      held += held(group);
      next = layout.next(group);
    }
    if (held > 0) {
      occupied++;
    }
    live += held;
  }

  private int held(ByteBuffer group) throws MemoryException {
    if (!layout.plausible(group)) {
      throw MapTable.noMap();
    }
    int held = 0;
    for (int i = 0; i < MapType.SLOTS; i++) {
      if (layout.live(group.get(i))) {
        held++;
      }
    }
    return held;
  }

  /** Groups that were looked at, those that go on where one has no room not counted. */
  int looked() {
    return looked;
  }

  /** How the entries of the table that was visited lie in its groups. */
  KeyFigures.Spread spread(MapTable table) {
    double misses = Math.pow(1 - 1.0 / Math.max(1, table.groups()), (double) table.entries());
    return new KeyFigures.Spread(
        looked, occupied, (int) Math.round(looked * (1 - misses)), overflowing);
  }

  /** Entries in them. */
  long live() {
    return live;
  }

  /** Entries that should be in them, if those of each array are spread evenly. */
  double expected() {
    return expected;
  }
}
