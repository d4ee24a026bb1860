package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.target.MemoryException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads maps of a Go program. The program runs on meanwhile: what does not agree with itself is
 * read again, a few times, and then not told.
 */
public final class MapReader {
  private static final int TRIES = 5;

  /** They are most of what is read. */
  private static final int KEYS_TRIES = 2;

  /** That say whether a table holds what its header says. */
  private static final int CHECKED_GROUPS = 256;

  /** In which keys are looked for: an emptied map has few in many. */
  private static final int KEYS_GROUPS = 16_384;

  /** Of such a map, in bytes of groups. */
  private static final int KEYS_BYTES = 1 << 20;

  private static final MapGroups.Visitor NOBODY =
      new MapGroups.Visitor() {
        @Override
        public void visit(long address, ByteBuffer groups) {}

        @Override
        public boolean satisfied() {
          return false;
        }
      };

  private static final String MOVED = "it moved while it was read";

  private final GoProcess process;
  private final MapTable.Layout layout;

  /**
   * Reads maps of one process.
   *
   * @throws UnreadableProgramException when how it keeps maps is not known
   */
  public MapReader(GoProcess process) throws UnreadableProgramException {
    this.process = process;
    layout = MapTable.layout(process);
  }

  /** By how many entries two counts of a map that is written meanwhile may differ. */
  private static long tolerance(long entries) {
    return 64 + entries / 100;
  }

  /**
   * Reads one.
   *
   * @param address of its header
   * @param descriptor address of its type's descriptor, in the process
   */
  public MapReading read(long address, long descriptor) {
    try {
      var type = MapType.read(process, descriptor);
      var table = table(address, type);
      // The header's number may be older than the tables that were read after it.
      return new MapReading.Told(
          table.counted(),
          table.capacity(),
          table.groups() * type.groupSize(),
          type.textKeys() ? keys(address, type) : new MapReading.Untold("its keys are no strings"));
    } catch (IOException failure) {
      return new MapReading.Untold(String.valueOf(failure.getMessage()));
    }
  }

  private MapReading.Keys keys(long address, MapType type) {
    for (int i = 1; ; i++) {
      try {
        return keys(table(address, type), type);
      } catch (MemoryException failure) {
        if (i == KEYS_TRIES) {
          return new MapReading.Untold(String.valueOf(failure.getMessage()));
        }
      }
    }
  }

  private KeyFigures keys(MapTable table, MapType type) throws MemoryException {
    var sample = new KeySample();
    var keys = new MapKeys(process.memory(), layout, type, sample);
    var groups = new MapGroups(process.memory(), layout, type, keys);
    groups.visit(table, Math.min(KEYS_GROUPS, KEYS_BYTES / type.groupSize()));
    if (keys.moved() > tolerance(sample.sampled())) {
      throw new MemoryException(MOVED, null);
    }
    return new KeyFigures(
        sample.sampled(),
        sample.lengths(),
        sample.equalAfter(),
        sample.tooLong(),
        table.moving() ? null : groups.spread(table));
  }

  private MapTable table(long address, MapType type) throws MemoryException {
    boolean moved = false;
    for (int i = 1; ; i++) {
      var before = header(address);
      var failure = MapTable.noMap();
      try {
        var table = layout.table(before);
        var after = header(address);
        if (agree(table, before, after) && holds(table, type)) {
          return table;
        }
      } catch (MemoryException torn) {
        failure = torn;
      }
      moved |= !before.equals(header(address));
      if (i == TRIES) {
        throw moved ? new MemoryException(MOVED, failure) : failure;
      }
    }
  }

  /** Whether a table is that of the headers before and after it was read. */
  private boolean agree(MapTable table, ByteBuffer before, ByteBuffer after) {
    long from = Math.min(layout.entries(before), layout.entries(after));
    long to = Math.max(layout.entries(before), layout.entries(after));
    return layout.sameTable(before, after)
        && table.counted() >= from - tolerance(from)
        && table.counted() <= to + tolerance(to);
  }

  private ByteBuffer header(long address) throws MemoryException {
    return process.memory().read(address, layout.headerSize());
  }

  /** Whether as many places of a table are taken as should be, by the first of its groups. */
  private boolean holds(MapTable table, MapType type) throws MemoryException {
    if (table.capacity() == 0) {
      return true;
    }
    var groups = new MapGroups(process.memory(), layout, type, NOBODY);
    groups.visit(table, CHECKED_GROUPS);
    if (table.moving()) {
      return groups.live() <= table.entries() + tolerance(table.entries());
    }
    double expected = groups.expected();
    // Hashes spread entries by chance: eight times their standard deviation.
    return Math.abs(groups.live() - expected)
        <= 8 * Math.sqrt(expected) + tolerance(Math.round(expected));
  }
}
