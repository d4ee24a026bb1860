package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.RuntimeVariables;
import dev.heapwarden.probes.target.MemoryException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the objects of a Go heap lie: spans of pages, each with places of one size, which are
 * numbered through by address. Whether a place is taken is not looked at: nothing refers to one
 * that is not.
 *
 * <p>Layout: mspan in Go's src/runtime/mheap.go (1.21 to 1.27).
 */
final class HeapSpans {
  /** The list of as many takes 8 MiB. */
  private static final int LISTED = 1 << 20;

  /** Of a heap of 2 GiB and more; they take 14 MiB. */
  private static final int SPANS = 1 << 18;

  /** A bit for each takes 8 MiB. */
  private static final int PLACES = 1 << 26;

  /** {@code _PageShift} of src/runtime/sizeclasses.go, {@code gc.PageShift} since Go 1.26. */
  private static final int PAGE_SHIFT = 13;

  /** {@code mSpanInUse}; src/runtime/mheap.go. */
  private static final int IN_USE = 1;

  /** {@code heapAddrBits} of src/runtime/malloc.go on amd64, in pages. */
  private static final long PAGES = 1L << (47 - PAGE_SHIFT);

  /**
   * One of them.
   *
   * @param at address of its mspan
   * @param size of each place in bytes
   * @param noscan whether no object in it has pointers
   */
  private record Span(long at, long start, long pages, long size, boolean noscan) {
    private boolean sound() {
      return start > 0
          && start >>> PAGE_SHIFT << PAGE_SHIFT == start
          && start >>> PAGE_SHIFT < PAGES
          && pages > 0
          && pages < PAGES
          && size >= Long.BYTES
          && size <= bytes();
    }

    private long bytes() {
      return pages << PAGE_SHIFT;
    }

    private long end() {
      return start + bytes();
    }

    private long places() {
      return bytes() / size;
    }
  }

  private final GoProcess process;
  private final Span[] spans;

  /** Those that were looked at again, and those of them that are gone. */
  private final BitSet checked;

  private final BitSet gone;
  private final long[] starts;
  private final int[] firsts;
  private final boolean whole;

  private HeapSpans(GoProcess process, List<Span> sorted, boolean whole) {
    this.process = process;
    checked = new BitSet();
    gone = new BitSet();
    spans = sorted.toArray(Span[]::new);
    starts = sorted.stream().mapToLong(Span::start).toArray();
    firsts = new int[spans.length + 1];
    for (int i = 0; i < spans.length; i++) {
      firsts[i + 1] = firsts[i] + (int) spans[i].places();
    }
    this.whole = whole;
  }

  /** Reads those that hold objects. One that is torn, as it changes, is left out. */
  static HeapSpans read(GoProcess process) throws IOException {
    long list =
        process.address(RuntimeVariables.HEAP) + process.layout().at("runtime.mheap.allspans");
    var found = new ArrayList<Span>();
    boolean whole = true;
    for (long pointer : PointerList.read(process.memory(), list, LISTED, "spans")) {
      var span = span(process, pointer);
      if (span != null) {
        if (found.size() == SPANS) {
          whole = false;
          break;
        }
        found.add(span);
      }
    }
    found.sort(Comparator.comparingLong(Span::start));
    return bounded(process, found, whole);
  }

  private static HeapSpans bounded(GoProcess process, List<Span> sorted, boolean all) {
    var kept = new ArrayList<Span>(sorted.size());
    long end = 0;
    long places = 0;
    boolean whole = all;
    for (var span : sorted) {
      if (span.start() < end && !lasts(process, kept.getLast())) {
        var former = kept.removeLast();
        places -= former.places();
        end = kept.isEmpty() ? 0 : kept.getLast().end();
      }
      if (span.start() >= end) {
        places += span.places();
        if (places > PLACES) {
          whole = false;
          break;
        }
        kept.add(span);
        end = span.end();
      }
    }
    return new HeapSpans(process, kept, whole);
  }

  /** Whether a span is still what it was: others may have its pages by now. */
  private static boolean lasts(GoProcess process, Span span) {
    return span.equals(span(process, span.at()));
  }

  private static @Nullable Span span(GoProcess process, long at) {
    var layout = process.layout();
    try {
      var mspan = process.memory().read(at, layout.at("runtime.mspan"));
      var span =
          new Span(
              at,
              mspan.getLong(layout.at("runtime.mspan.startAddr")),
              mspan.getLong(layout.at("runtime.mspan.npages")),
              mspan.getLong(layout.at("runtime.mspan.elemsize")),
              // The lowest bit of a spanClass; src/runtime/mheap.go.
              (mspan.get(layout.at("runtime.mspan.spanclass")) & 1) != 0);
      return mspan.get(layout.at("runtime.mspan.state")) == IN_USE && span.sound() ? span : null;
    } catch (MemoryException _) {
      return null;
    }
  }

  /** Places of all spans together: their numbers are below that. */
  int places() {
    return firsts[spans.length];
  }

  /** Whether there are no more than fit. */
  boolean whole() {
    return whole;
  }

  int count() {
    return spans.length;
  }

  /** Address of a span's mspan. */
  long descriptor(int span) {
    return spans[span].at();
  }

  /** Where a span begins. */
  long start(int span) {
    return starts[span];
  }

  /** Places of a span. */
  int places(int span) {
    return firsts[span + 1] - firsts[span];
  }

  /** The number of the span that an address lies in; -1 for none. */
  int at(long address) {
    if (spans.length == 0 || address < starts[0] || address >= spans[spans.length - 1].end()) {
      return -1;
    }
    int at = Arrays.binarySearch(starts, address);
    int span = at >= 0 ? at : -at - 2;
    return address < spans[span].end() && lasts(span) ? span : -1;
  }

  /** One that is gone would make objects of what other objects have by now. */
  private boolean lasts(int span) {
    if (!checked.get(span)) {
      checked.set(span);
      gone.set(span, !lasts(process, spans[span]));
    }
    return !gone.get(span);
  }

  /** The place of a span that an address lies in; -1 for what is left over at its end. */
  int place(int span, long address) {
    long index = (address - starts[span]) / spans[span].size();
    return index < spans[span].places() ? firsts[span] + (int) index : -1;
  }

  /** The number of the span that a place is of. */
  int span(int place) {
    int at = Arrays.binarySearch(firsts, place);
    return at >= 0 ? at : -at - 2;
  }

  /** Where a place begins. */
  long address(int span, int place) {
    return starts[span] + (place - firsts[span]) * spans[span].size();
  }

  /** Of each place of a span, in bytes. */
  long size(int span) {
    return spans[span].size();
  }

  /** Whether objects of a span may refer to others. */
  boolean pointers(int span) {
    return !spans[span].noscan();
  }
}
