package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.GlobalVariables.Variable;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Follows all words that may be pointers, breadth-first, as a collector does that knows no types:
 * an object belongs to the holder that is nearest to it, of those that are followed together, else
 * to the first. The program runs on meanwhile: what it moves is missed, or counted for another.
 */
final class HeapWalk {
  /** Nothing is mapped below that. */
  private static final long LOWEST = HeapPages.BYTES;

  private final HeapPages pages;
  private final HeapSpans spans;
  private final List<Variable> variables;
  private final long[] addresses;
  private final BitSet scanned;
  private final long[] reached;
  private final HeapQueue queue = new HeapQueue();
  private int steps = 1;
  private boolean cut;

  /**
   * @param variables and literals, which have no name, by their address in the process
   */
  HeapWalk(HeapPages pages, HeapSpans spans, List<Variable> variables) {
    this.pages = pages;
    this.spans = spans;
    this.variables = variables;
    addresses = variables.stream().mapToLong(Variable::address).toArray();
    scanned = new BitSet(addresses.length);
    reached = new long[(spans.places() >>> 6) + 1];
  }

  /** Scans a variable for a holder, unless that was done. */
  void scan(int variable, HeldObjects holder) {
    if (!scanned.get(variable)) {
      scanned.set(variable);
      scan(addresses[variable], variables.get(variable).size(), holder);
    }
  }

  /** Scans words: what they refer to is the holder's. */
  void scan(long address, long bytes, HeldObjects holder) {
    long from = (address + Long.BYTES - 1) & -Long.BYTES;
    long end = (address + bytes) & -Long.BYTES;
    while (from < end && !pages.cut()) {
      var page = pages.of(from);
      int first = HeapPages.index(from);
      int last = (int) Math.min(HeapPages.WORDS, first + (end - from) / Long.BYTES);
      for (int i = first; i < last; i++) {
        if (page[i] >= LOWEST) {
          take(page[i], holder);
        }
      }
      from += (long) (last - first) * Long.BYTES;
    }
  }

  /** What a pointer refers to is the holder's, unless it is somebody's already. */
  void take(long pointer, HeldObjects holder) {
    int span = spans.at(pointer);
    if (span < 0) {
      takeLiteral(pointer, holder);
      return;
    }
    int place = spans.place(span, pointer);
    if (place >= 0 && (reached[place >>> 6] & 1L << place) == 0) {
      reached[place >>> 6] |= 1L << place;
      holder.take(spans.size(span), steps);
      if (spans.pointers(span)) {
        cut |= !queue.add(place, holder);
      }
    }
  }

  /** A literal is whoever's who refers to it. */
  private void takeLiteral(long pointer, HeldObjects holder) {
    if (addresses.length == 0 || pointer < addresses[0]) {
      return;
    }
    int at = Arrays.binarySearch(addresses, pointer);
    int index = at >= 0 ? at : -at - 2;
    var variable = variables.get(index);
    if (pointer - addresses[index] < variable.size()
        && variable.name().isEmpty()
        && !scanned.get(index)) {
      cut |= !queue.add(-1 - index, holder);
    }
  }

  /** Follows all that was found, until nothing is left. */
  void follow() {
    while (queue.size() > 0 && !pages.cut()) {
      steps++;
      for (int left = queue.size(); left > 0 && !pages.cut(); left--) {
        int number = queue.number();
        var holder = queue.holder();
        queue.drop();
        if (number < 0) {
          scan(-1 - number, holder);
        } else {
          int span = spans.span(number);
          scan(spans.address(span, number), spans.size(span), holder);
        }
      }
    }
    steps = 1;
  }

  /** Whether some of the heap was not followed. */
  boolean cut() {
    return cut || pages.cut() || !spans.whole();
  }
}
