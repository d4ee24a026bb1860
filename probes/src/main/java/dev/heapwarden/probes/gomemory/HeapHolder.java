package dev.heapwarden.probes.gomemory;

import java.util.List;

/**
 * Who holds a part of a Go heap.
 *
 * @param name of the variable, such as main.sessions, or of the function whose goroutines they are;
 *     of timers and finalizers their kind
 * @param bytes of the places that its objects take
 * @param depth steps from it to the object that is farthest from it: of a linked list, its length
 * @param sizes the commonest of its objects, most objects first
 */
public record HeapHolder(
    Kind kind, String name, long bytes, long objects, int depth, List<Size> sizes) {
  public HeapHolder {
    sizes = List.copyOf(sizes);
  }

  public enum Kind {
    /** A global variable. */
    VARIABLE,
    /** What lies on the stacks of goroutines. */
    GOROUTINES,
    /** Pending ones of the runtime, with what their functions refer to. */
    TIMERS,
    /** That nothing else holds: what has a finalizer is kept until that has run. */
    FINALIZERS
  }

  /** How many objects of a size, in bytes. */
  public record Size(long bytes, long objects) {}
}
