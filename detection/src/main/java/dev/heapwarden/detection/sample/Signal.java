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
  /**
   * Longest mark termination of a Go program's collections since the sample before, seconds: from
   * the order to stop the world at the end of marking until it runs again. It is told with the
   * collection.
   */
  MARK_TERMINATION(Kind.GAUGE),
  /**
   * Goroutines of a Go program that have not ended, those of the runtime itself left out, as {@code
   * runtime.NumGoroutine} counts them.
   */
  GOROUTINES(Kind.GAUGE),
  /** Memory that a Go program's heap has of the system, bytes; {@code MemStats.HeapSys}. */
  HEAP_SYS(Kind.GAUGE),
  /** Of it spans that hold objects, bytes; {@code MemStats.HeapInuse}. */
  HEAP_IN_USE(Kind.GAUGE),
  /** Of it spans that hold nothing, bytes; {@code MemStats.HeapIdle}. */
  HEAP_IDLE(Kind.GAUGE),
  /** Of the idle ones what was given back to the system, bytes; {@code MemStats.HeapReleased}. */
  HEAP_RELEASED(Kind.GAUGE),
  /** Descriptions of a Go program's spans, bytes; {@code MemStats.MSpanInuse}. */
  SPAN_IN_USE(Kind.GAUGE),
  /** Objects that a Go program has allocated on its heap since its start. */
  ALLOCATED_OBJECTS(Kind.COUNTER),
  /** Objects of its heap that were freed since its start. */
  FREED_OBJECTS(Kind.COUNTER),
  /** Bytes that a Go program has allocated on its heap since its start. */
  ALLOCATED_BYTES(Kind.COUNTER),
  /** Bytes of its heap that were freed since its start. */
  FREED_BYTES(Kind.COUNTER),
  /**
   * Cached files of the container's cgroup without shared memory, bytes; the kernel drops them when
   * memory is short. v1 memory.stat total_cache less total_shmem, v2 file less shmem.
   */
  FILE_MEMORY(Kind.GAUGE),
  /**
   * Of the anonymous memory what is shared, bytes: files of a tmpfs such as /dev/shm or an emptyDir
   * in memory, memfds, shared mappings, ZGC's heap. v1 memory.stat total_shmem, v2 shmem.
   */
  SHARED_MEMORY(Kind.GAUGE),
  /**
   * Memory that the kernel holds for the container, bytes: objects of files, sockets and mounts,
   * stacks of threads, page tables. v1 memory.kmem.usage_in_bytes, v2 memory.stat kernel, which is
   * absent before Linux 5.18.
   */
  KERNEL_MEMORY(Kind.GAUGE),
  /** The page tables in it, bytes. v2 memory.stat pagetables; absent in v1. */
  PAGE_TABLES(Kind.GAUGE),
  /**
   * Network buffers, bytes, which are no part of it. v2 memory.stat sock; absent in v1, which
   * counts those of TCP only, and only where a limit was set for them.
   */
  SOCKET_MEMORY(Kind.GAUGE),
  /** Open file descriptors of all the container's processes: /proc/PID/fd. */
  OPEN_FILES(Kind.GAUGE),
  /** Threads of all the container's processes, whatever their runtime: /proc/PID/status Threads. */
  OS_THREADS(Kind.GAUGE),
  /** Direct buffers of a JVM, outside its heap, bytes. */
  DIRECT_MEMORY(Kind.GAUGE),
  /** Requests that a program answered since its start, as it counts them itself. */
  REQUESTS(Kind.COUNTER),
  /** Time that it took for them, seconds; absent where it counts requests only. */
  REQUEST_TIME(Kind.COUNTER),
  /**
   * Of the requests those that it answered with an error of its own; absent where it tells none.
   */
  FAILED_REQUESTS(Kind.COUNTER),
  /**
   * Share of a Go program's heap in use that is the room of maps, by its heap profile, 0 to 1. Told
   * only when a snapshot reads one from its memory.
   */
  MAP_HEAP_SHARE(Kind.GAUGE),
  /**
   * Of the room for entries in the maps that a snapshot's window read, that which nobody uses in
   * emptied ones, 0 to 1: of those with room for 1,024 entries a quarter of which is used at most.
   * Told only when a snapshot reads maps.
   */
  EMPTIED_MAP_SHARE(Kind.GAUGE),
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
