package dev.heapwarden.detection.sample;

/** What a sample's values measure. */
public enum Signal {
  /**
   * Anonymous memory of the container's cgroup, bytes, with shared memory, which has no file on a
   * disk either and holds ZGC's heap. v1 memory.stat total_rss and total_shmem, v2 anon and shmem.
   */
  ANONYMOUS_MEMORY(Kind.GAUGE),
  /** Memory in use minus inactive file pages, as the kubelet computes it, bytes. */
  WORKING_SET(Kind.GAUGE),
  /** Memory limit of the container, bytes. Absent when there is none. */
  MEMORY_LIMIT(Kind.GAUGE),
  /** User page faults of the container's processes since the agent first saw it. */
  PAGE_FAULTS(Kind.COUNTER),
  /**
   * Heap that a collection left, bytes. Go: what was found live at the end of marking. JVM: the old
   * generation at its lowest between two collections that clean it, told at the second; what young
   * collections leave there is not live.
   */
  POST_GC_LIVE_HEAP(Kind.COLLECTION),
  /**
   * Collections since the agent first saw the container; of a JVM those that clean the old
   * generation.
   */
  COLLECTIONS(Kind.COUNTER),
  /**
   * Time that a JVM stood still for collections, seconds: since its start by its counters, since
   * the agent reads it by its log or its probes. Absent where none tells, as Shenandoah's counters
   * do not.
   */
  GC_PAUSE_TIME(Kind.COUNTER),
  /**
   * Old generation of a JVM after its latest pause, bytes; where only a log tells, and that no more
   * than the heap, the heap. Like {@link #POST_GC_LIVE_HEAP} and {@link #COLLECTIONS} absent where
   * its collector has none or does not tell when it has cleaned it (ZGC without generations,
   * Shenandoah).
   */
  OLD_GENERATION(Kind.GAUGE),
  /** How large the old generation of a JVM can become, bytes; the collector's own estimate. */
  HEAP_LIMIT(Kind.GAUGE),
  /** Metaspace in use of a JVM, bytes. */
  METASPACE(Kind.GAUGE),
  /** Live threads of a JVM. */
  THREADS(Kind.GAUGE),
  /** Classes that a JVM has loaded and not unloaded since. */
  LOADED_CLASSES(Kind.GAUGE),
  /** Entries of one map instance, read when it grew. */
  MAP_ENTRIES(Kind.GAUGE),
  /**
   * Instances of one class of the application right after a young collection, those included that
   * the next full one would collect. Counted only when asked for.
   */
  CLASS_INSTANCES(Kind.GAUGE);

  private final Kind kind;

  Signal(Kind kind) {
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  public enum Kind {
    /** A level that may rise and fall. */
    GAUGE,
    /** A count that only rises during one life of a container and one epoch of the agent. */
    COUNTER,
    /** A level that is only meaningful at the end of a collection. */
    COLLECTION
  }
}
