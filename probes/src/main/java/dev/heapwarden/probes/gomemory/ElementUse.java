package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.target.MemoryException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How much of what the elements of a slice have room for is in use: of strings and slices by the
 * objects that they lie in, of maps by their tables. Short strings may keep long ones, and emptied
 * maps keep their tables.
 *
 * <p>It is that of a sample: of runs of neighbours, which may lie in one object. The program runs
 * on meanwhile; what makes no sense then is left out.
 */
final class ElementUse {
  private static final String SLICE = "[]";
  private static final String MAP = "map[";
  private static final int RUNS = 16;
  private static final int RUN = 64;

  /** The table of each is read. */
  private static final int RUN_OF_MAPS = 16;

  /** Fewer are no sample. */
  private static final int FEWEST = 16;

  /** Bytes of an object: a smaller one is no loss, and holds several of the smallest strings. */
  private static final long SMALLEST_OBJECT = 64;

  /** Entries: a map begins with room for eight. */
  private static final long SMALLEST_TABLE = 16;

  private static final int STRING_SIZE = 16;
  private static final int SLICE_SIZE = 24;

  private final GoProcess process;
  private final HeapSpans spans;
  private long counted;
  private double used;
  private double room;

  private ElementUse(GoProcess process, HeapSpans spans) {
    this.process = process;
    this.spans = spans;
  }

  /**
   * A share from 0 to 1; empty of other types, and where too little was told.
   *
   * @param variable its address in the process
   * @param type of it, such as {@code []string}
   */
  static OptionalDouble of(GoProcess process, HeapSpans spans, long variable, String type)
      throws IOException {
    if (!type.startsWith(SLICE)) {
      return OptionalDouble.empty();
    }
    var element = type.substring(SLICE.length());
    var use = new ElementUse(process, spans);
    try {
      if (element.equals("string")) {
        use.texts(variable, STRING_SIZE);
      } else if (element.startsWith(SLICE)) {
        use.texts(variable, SLICE_SIZE);
      } else if (element.startsWith(MAP)) {
        use.maps(variable);
      }
    } catch (MemoryException moved) {
      return OptionalDouble.empty();
    }
    return use.counted < FEWEST ? OptionalDouble.empty() : OptionalDouble.of(use.used / use.room);
  }

  private interface Visitor {
    void see(ByteBuffer elements) throws IOException;
  }

  private void visit(long variable, int size, int run, Visitor visitor) throws IOException {
    var slice = process.memory().read(variable, 2L * Long.BYTES);
    long length = slice.getLong(Long.BYTES);
    for (int i = 0; i < RUNS; i++) {
      long from = length * i / RUNS;
      long count = Math.min(run, length * (i + 1) / RUNS - from);
      if (count > 0) {
        visitor.see(process.memory().read(slice.getLong(0) + from * size, count * size));
      }
    }
  }

  /** Those of one object together: many short ones may share it, and use all of it. */
  private void texts(long variable, int size) throws IOException {
    var taken = new HashMap<Long, Long>();
    visit(
        variable,
        size,
        RUN,
        elements -> {
          for (int at = 0; at < elements.limit(); at += size) {
            take(elements.getLong(at), elements.getLong(at + Long.BYTES), taken);
          }
        });
    taken.forEach(
        (object, bytes) -> {
          long all = spans.size(spans.at(object));
          room += all;
          used += all < SMALLEST_OBJECT ? all : Math.min(all, bytes);
          counted++;
        });
  }

  /** What a slice has of numbers, say, counts as bytes: it is more then, and never less. */
  private void take(long pointer, long length, Map<Long, Long> taken) {
    int span = spans.at(pointer);
    int place = span < 0 ? -1 : spans.place(span, pointer);
    if (place >= 0 && length >= 0 && length <= spans.size(span)) {
      taken.merge(spans.address(span, place), length, Long::sum);
    }
  }

  private void maps(long variable) throws IOException {
    var layout = MapTable.layout(process);
    visit(
        variable,
        Long.BYTES,
        RUN_OF_MAPS,
        elements -> {
          for (int at = 0; at < elements.limit(); at += Long.BYTES) {
            if (spans.at(elements.getLong(at)) >= 0) {
              take(layout, elements.getLong(at));
            }
          }
        });
  }

  private void take(MapTable.Layout layout, long map) {
    try {
      var table = layout.table(process.memory().read(map, layout.headerSize()));
      if (table.capacity() >= SMALLEST_TABLE) {
        room += table.capacity();
        used += Math.min(table.counted(), table.capacity());
        counted++;
      }
    } catch (MemoryException moved) {
      // Another of the sample stands for it.
    }
  }
}
