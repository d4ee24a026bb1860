package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.target.MemoryException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Where a map keeps its entries.
 *
 * @param entries that its header says it has
 * @param counted entries by what the header leads to
 * @param capacity entries that there is room for
 * @param arrays of groups
 * @param moving whether its entries are on their way from one array to another
 */
record MapTable(long entries, long counted, long capacity, List<Groups> arrays, boolean moving) {
  /**
   * Groups one behind the other.
   *
   * @param address of the first
   * @param entries that they should hold; while a map moves, both its arrays together
   */
  record Groups(long address, long count, long entries) {}

  MapTable {
    arrays = List.copyOf(arrays);
  }

  long groups() {
    return arrays.stream().mapToLong(Groups::count).sum();
  }

  /** How a release keeps maps. */
  sealed interface Layout permits SwissMaps, BucketMaps {
    /** Bytes of a map's header. */
    int headerSize();

    /** Whether two headers speak of the same table, whatever it holds meanwhile. */
    boolean sameTable(ByteBuffer before, ByteBuffer after);

    /** Entries that a header says its map has. */
    long entries(ByteBuffer header);

    /**
     * Reads what a header leads to, once, while the program runs on.
     *
     * @throws MemoryException when that is no table of such a map
     */
    MapTable table(ByteBuffer header) throws MemoryException;

    /** Whether the control bytes of a group are such as a group can have. */
    boolean plausible(ByteBuffer group);

    /** Whether a control byte is that of an entry. */
    boolean live(byte control);

    /** Whether a search that comes to a group may have to go on to another. */
    boolean overflows(ByteBuffer group);

    /** Address of the group that goes on where this one has no room; 0 when there is none. */
    long next(ByteBuffer group);
  }

  /** The layout of a process's maps. */
  static Layout layout(GoProcess process) throws UnreadableProgramException {
    if (process.layout().find(SwissMaps.MAP).isPresent()) {
      return new SwissMaps(process);
    }
    if (process.layout().find(BucketMaps.MAP).isPresent()) {
      return new BucketMaps(process);
    }
    throw new UnreadableProgramException("how it keeps its maps is not known");
  }

  static MemoryException noMap() {
    return new MemoryException("no map where one should be", null);
  }
}
