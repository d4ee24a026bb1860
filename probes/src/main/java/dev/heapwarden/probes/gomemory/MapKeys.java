package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.target.MemoryException;
import dev.heapwarden.probes.target.ProcessMemory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Shows a sample the keys of a table's groups: those whose place was the same before and after they
 * were read.
 */
final class MapKeys implements MapGroups.Visitor {
  /** Of a key that is none, because its place was read while it was written. */
  private static final long LONGEST = 1L << 40;

  private static final long BYTES_LIMIT = 1 << 20;

  private final ProcessMemory memory;
  private final MapTable.Layout layout;
  private final MapType type;
  private final KeySample sample;
  private long bytes;
  private long moved;

  MapKeys(ProcessMemory memory, MapTable.Layout layout, MapType type, KeySample sample) {
    this.memory = memory;
    this.layout = layout;
    this.type = type;
    this.sample = sample;
  }

  /**
   * A key in a group.
   *
   * @param failure why it could not be read; empty when it could
   */
  private record Key(int control, int place, ByteBuffer start, Optional<MemoryException> failure) {}

  @Override
  public void visit(long address, ByteBuffer groups) throws MemoryException {
    var keys = new ArrayList<Key>();
    for (int group = 0; group < groups.limit(); group += type.groupSize()) {
      for (int slot = 0; slot < MapType.SLOTS && !satisfied(); slot++) {
        if (layout.live(groups.get(group + slot))) {
          int place = group + type.keysOffset() + slot * type.keyStride();
          keys.add(key(group + slot, place, groups));
        }
      }
    }
    if (!keys.isEmpty()) {
      var after = memory.read(address, groups.limit());
      for (var key : keys) {
        count(key, groups, after);
      }
    }
  }

  private Key key(int control, int place, ByteBuffer groups) {
    long length = groups.getLong(place + Long.BYTES);
    try {
      if (length < 0 || length > LONGEST) {
        throw new MemoryException("no key where one should be", null);
      }
      if (length == 0 || length > KeySample.LONGEST_COMPARED) {
        return new Key(control, place, ByteBuffer.allocate(0), Optional.empty());
      }
      bytes += length;
      return new Key(control, place, memory.read(groups.getLong(place), length), Optional.empty());
    } catch (MemoryException failure) {
      return new Key(control, place, ByteBuffer.allocate(0), Optional.of(failure));
    }
  }

  private void count(Key key, ByteBuffer before, ByteBuffer after) throws MemoryException {
    long length = before.getLong(key.place + Long.BYTES);
    if (before.get(key.control) != after.get(key.control)
        || before.getLong(key.place) != after.getLong(key.place)
        || length != after.getLong(key.place + Long.BYTES)) {
      moved++;
    } else if (key.failure.isPresent()) {
      throw key.failure.get();
    } else if (!sample.full()) {
      sample.take(length, key.start);
    }
  }

  /** Keys that were left out because their place was written meanwhile. */
  long moved() {
    return moved;
  }

  @Override
  public boolean satisfied() {
    return sample.full() || bytes >= BYTES_LIMIT;
  }
}
