package dev.heapwarden.detection.verdict;

/**
 * One independent measurement that speaks for or against a leak.
 *
 * @param message its figures, for people
 */
public record Witness(Kind kind, Stance stance, String message) {
  public enum Kind {
    POST_GC_LIVE_HEAP,
    ANONYMOUS_MEMORY,
    MAP_GROWTH,
    CLASS_GROWTH,
    GOROUTINES,
    COLLECTION_CADENCE,
    METASPACE,
    THREADS,
    DIRECT_MEMORY,
    PAGE_FAULTS,
    SHARED_MEMORY,
    KERNEL_MEMORY,
    OPEN_FILES;

    /**
     * Whether it measures memory that is no part of the managed heap: that the heap stays flat says
     * nothing against it.
     */
    public boolean isBesideTheHeap() {
      return switch (this) {
        case GOROUTINES,
            METASPACE,
            THREADS,
            DIRECT_MEMORY,
            PAGE_FAULTS,
            SHARED_MEMORY,
            KERNEL_MEMORY,
            OPEN_FILES ->
            true;
        case POST_GC_LIVE_HEAP, ANONYMOUS_MEMORY, MAP_GROWTH, CLASS_GROWTH, COLLECTION_CADENCE ->
            false;
      };
    }

    /**
     * Whether it counts what a program holds for each of those it serves: more of them means more
     * load as well as a leak, and all of these together say it once.
     */
    public boolean isCount() {
      return this == GOROUTINES || this == THREADS || this == OPEN_FILES;
    }

    /**
     * Whether it is one only beside the live heap: garbage that awaits a collection is counted with
     * a class, and more load collects more often.
     */
    public boolean needsTheLiveHeap() {
      return this == CLASS_GROWTH || this == COLLECTION_CADENCE;
    }
  }

  public enum Stance {
    SUPPORTS,
    CONTRADICTS,
    /** It was measured and does not say. */
    NEUTRAL
  }
}
