package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.gomemory.HeapHolder.Size;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Counts what one holder holds. */
final class HeldObjects {
  /** Go has 68 sizes of small objects (src/runtime/sizeclasses.go); large ones have any. */
  private static final int SIZES = 80;

  private static final int COMMONEST = 3;

  private final HeapHolder.Kind kind;
  private final String name;
  private long objects;
  private long bytes;
  private int depth;
  private int known;
  private long[] sizes = new long[2];
  private long[] counts = new long[2];

  HeldObjects(HeapHolder.Kind kind, String name) {
    this.kind = kind;
    this.name = name;
  }

  /**
   * Counts one.
   *
   * @param steps from the holder to it
   */
  void take(long size, int steps) {
    objects++;
    bytes += size;
    depth = Math.max(depth, steps);
    count(size);
  }

  private void count(long size) {
    for (int i = 0; i < known; i++) {
      if (sizes[i] == size) {
        counts[i]++;
        return;
      }
    }
    if (known < SIZES) {
      if (known == sizes.length) {
        sizes = Arrays.copyOf(sizes, 2 * known);
        counts = Arrays.copyOf(counts, 2 * known);
      }
      sizes[known] = size;
      counts[known++] = 1;
    }
  }

  long objects() {
    return objects;
  }

  long bytes() {
    return bytes;
  }

  HeapHolder holder() {
    return new HeapHolder(kind, name, bytes, objects, depth, commonest());
  }

  private List<Size> commonest() {
    return IntStream.range(0, known)
        .mapToObj(i -> new Size(sizes[i], counts[i]))
        .sorted(Comparator.comparingLong(Size::objects).reversed())
        .limit(COMMONEST)
        .toList();
  }
}
