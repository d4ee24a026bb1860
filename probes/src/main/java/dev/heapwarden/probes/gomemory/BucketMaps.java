package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.target.MemoryException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Maps up to Go 1.23: an array of buckets, each with others that go on where it has no room. While
 * a map grows its entries move, bucket by bucket, from the old array to the new one.
 *
 * <p>Layout: hmap and bmap in Go's src/runtime/map.go (1.21 to 1.23).
 */
final class BucketMaps implements MapTable.Layout {
  static final String MAP = "runtime.hmap";

  /** iterator, oldIterator, hashWriting and sameSizeGrow. */
  private static final int FLAGS = 15;

  private static final int SAME_SIZE = 8;

  /** Of a table that takes 70 TB at least. */
  private static final int LOG_BUCKETS_LIMIT = 40;

  /** minTopHash; the lower ones are those of places that are empty, or that were left. */
  private static final int FIRST_LIVE = 5;

  /** emptyRest: nothing follows. */
  private static final byte LAST = 0;

  private final GoLayout layout;

  BucketMaps(GoProcess process) {
    layout = process.layout();
  }

  @Override
  public int headerSize() {
    return layout.at(MAP);
  }

  @Override
  public boolean sameTable(ByteBuffer before, ByteBuffer after) {
    return buckets(before) == buckets(after)
        && oldBuckets(before) == oldBuckets(after)
        && logBuckets(before) == logBuckets(after);
  }

  private long buckets(ByteBuffer map) {
    return map.getLong(layout.at(MAP + ".buckets"));
  }

  private long oldBuckets(ByteBuffer map) {
    return map.getLong(layout.at(MAP + ".oldbuckets"));
  }

  private int logBuckets(ByteBuffer map) {
    return map.get(layout.at(MAP + ".B"));
  }

  @Override
  public long entries(ByteBuffer map) {
    return map.getLong(layout.at(MAP + ".count"));
  }

  @Override
  public MapTable table(ByteBuffer map) throws MemoryException {
    long count = entries(map);
    int flags = Byte.toUnsignedInt(map.get(layout.at(MAP + ".flags")));
    int log = logBuckets(map);
    if (count < 0
        || flags > FLAGS
        || log < 0
        || log > LOG_BUCKETS_LIMIT
        || count > (long) MapType.SLOTS << log) {
      throw MapTable.noMap();
    }
    // A map gets its first bucket with its first entry.
    if (buckets(map) == 0) {
      if (count != 0 || oldBuckets(map) != 0) {
        throw MapTable.noMap();
      }
      return new MapTable(0, 0, 0, List.of(), false);
    }
    var arrays = new ArrayList<MapTable.Groups>();
    arrays.add(new MapTable.Groups(buckets(map), 1L << log, count));
    boolean moving = oldBuckets(map) != 0;
    if (moving) {
      int logBefore = (flags & SAME_SIZE) != 0 ? log : log - 1;
      if (logBefore < 0) {
        throw MapTable.noMap();
      }
      arrays.add(new MapTable.Groups(oldBuckets(map), 1L << logBefore, count));
    }
    return new MapTable(count, count, (long) MapType.SLOTS << log, arrays, moving);
  }

  @Override
  public boolean plausible(ByteBuffer group) {
    for (int i = 1; i < MapType.SLOTS; i++) {
      if (group.get(i - 1) == LAST && group.get(i) != LAST) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean live(byte control) {
    return Byte.toUnsignedInt(control) >= FIRST_LIVE;
  }

  @Override
  public boolean overflows(ByteBuffer group) {
    return next(group) != 0;
  }

  /** The last word of a bucket. */
  @Override
  public long next(ByteBuffer group) {
    return group.getLong(group.limit() - Long.BYTES);
  }
}
