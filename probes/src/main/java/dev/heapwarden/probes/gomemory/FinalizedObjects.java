package dev.heapwarden.probes.gomemory;

import java.util.function.LongConsumer;

/**
 * Objects of a Go heap that have a finalizer. Those of a cycle that refers to itself never become
 * garbage; src/runtime/mfinal.go says so of SetFinalizer.
 *
 * <p>Layout: special in Go's src/runtime/mheap.go (1.21 to 1.27), of which each span has a list.
 */
final class FinalizedObjects {
  /** An object may have others, such as cleanups: a list that is longer changed as it was read. */
  private static final int PER_PLACE = 4;

  private final HeapPages pages;
  private final HeapSpans spans;
  private final int list;
  private final int next;
  private final int offset;
  private final int kind;
  private final int finalizer;

  FinalizedObjects(GoLayout layout, HeapPages pages, HeapSpans spans) {
    this.pages = pages;
    this.spans = spans;
    list = layout.at("runtime.mspan.specials");
    next = layout.at("runtime.special.next");
    offset = layout.at("runtime.special.offset");
    kind = layout.at("runtime.special.kind");
    finalizer = layout.at("runtime._KindSpecialFinalizer");
  }

  /** Shows their addresses. What is set or removed meanwhile may be missed. */
  void visit(LongConsumer object) {
    for (int span = 0; span < spans.count() && !pages.cut(); span++) {
      long special = pages.word(spans.descriptor(span) + list);
      for (int i = 0; special != 0 && i < PER_PLACE * spans.places(span); i++) {
        if (number(special + kind, Byte.SIZE) == finalizer) {
          // Two bytes until Go 1.23, before the kind; a word since.
          long within = number(special + offset, (kind - offset) * Byte.SIZE);
          object.accept(spans.start(span) + within);
        }
        special = pages.word(special + next);
      }
    }
  }

  /** A number that lies within one word. */
  private long number(long address, int bits) {
    int first = (int) (address & (Long.BYTES - 1)) * Byte.SIZE;
    long mask = -1L >>> (Long.SIZE - bits);
    return (pages.word(address) >>> first) & mask;
  }
}
