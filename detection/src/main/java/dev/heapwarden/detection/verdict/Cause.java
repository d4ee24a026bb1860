package dev.heapwarden.detection.verdict;

/** Class of a leak. Unknown is better than wrong. */
public enum Cause {
  /** One map instance keeps growing. */
  MAP_GROWTH(
      Layer.APPLICATION,
      "Delete entries when their subject ends, or bound the map; look for a key that is never the"
          + " same twice, such as a URL with its query or an id."),
  /** A map of buffers keeps growing: lines by trace id, bytes by session. */
  LOG_BUFFER(
      Layer.APPLICATION,
      "Flush and delete each buffer when its request or trace ends, and give the map a bound and"
          + " the entries a time to live."),
  /** The map inside a sync.Map keeps growing. */
  SYNC_MAP(
      Layer.APPLICATION,
      "Delete what was stored, or take a cache with a bound: sync.Map never evicts; a map with an"
          + " RWMutex serves better where a fifth of the accesses write."),
  /** A map that its program calls a cache keeps growing. */
  CACHE_WITHOUT_EVICTION(
      Layer.APPLICATION,
      "Give the cache a bound and evict what was not used for longest, or give its entries a time to"
          + " live."),
  /** Maps are appended to a slice, or kept in an array, that nobody clears. */
  SLICE_OF_MAPS(
      Layer.APPLICATION,
      "Clear the slice when its batch is done, or write each map out instead of collecting it; a"
          + " struct with the fields takes a fraction of a map."),
  /** Maps were emptied by deleting their keys, and are kept with their tables. */
  EMPTIED_MAP(
      Layer.APPLICATION,
      "Put a new map in the place of an emptied one, or drop it: deleting keys never makes the table"
          + " of a Go map smaller."),
  /** Short strings or slices keep the large ones that they are a piece of. */
  SLICE_HEADER(
      Layer.APPLICATION,
      "Copy what is kept with strings.Clone or slices.Clone: a short piece of a large string or"
          + " slice keeps all of it."),
  /** What a sync.Pool holds refers to ever more. */
  POOL_ITEM(
      Layer.APPLICATION,
      "Reset what is put back: clear its references, such as next, and do not put back what has"
          + " grown large."),
  /** Channels are kept, with what was sent and nobody received. */
  CLOSED_CHANNEL(
      Layer.APPLICATION,
      "Drop a channel when its subject ends, and receive or discard what is in its buffer: closing"
          + " it frees nothing."),
  /** Instances of one class keep growing in number. */
  CLASS_GROWTH(
      Layer.APPLICATION,
      "Find what holds the instances (a heap dump's path to a GC root) and remove them there, or"
          + " bound the collection; check equals and hashCode where they are keys."),
  /** What threads keep in their ThreadLocals grows; only a sample of the heap tells it. */
  THREAD_LOCALS(
      Layer.APPLICATION,
      "Call remove() of the ThreadLocal in a finally block when the work is done: threads of a pool"
          + " never end, and keep what was set; or hand the value on as an argument."),
  /** Keys of a map hash alike, and ever more of them are put into it. */
  BAD_KEYS(
      Layer.APPLICATION,
      "Give the class of the keys a hashCode that spreads, and equals with it, of fields that never"
          + " change; or take a record as the key, and bound the map."),
  /** Timers or tasks are kept that are never due, or were cancelled and stay. */
  TIMER(
      Layer.APPLICATION,
      "Stop timers and cancel tasks when their subject ends, in Java with"
          + " setRemoveOnCancelPolicy(true) so that a cancelled one leaves the queue at once; or"
          + " use one that looks at many subjects."),
  /** Closures are kept, with all that they captured. */
  CLOSURE(
      Layer.APPLICATION,
      "Remove listeners and callbacks when their subject ends, and capture the value that is needed"
          + " instead of the object that holds it."),
  /** JSON is decoded into maps that are kept. */
  JSON_KEPT(
      Layer.APPLICATION,
      "Decode into a type with the fields that are used instead of a map, into a new one each time,"
          + " and bound what is kept."),
  /** A JVM's heap keeps growing, and no class is known for it. */
  OLD_GENERATION(
      Layer.APPLICATION,
      "Take a class histogram twice, some minutes apart, and look for what holds the class that"
          + " gained most: a static collection, a listener, a ThreadLocal."),
  /** Goroutines are started and do not end. */
  GOROUTINE_GROWTH(
      Layer.APPLICATION,
      "Give each goroutine a way to end: a context with a timeout, a channel that is closed or has"
          + " room for the answer; the goroutine profile says where they wait."),
  /** Class loaders, and the classes they loaded, are kept. */
  METASPACE(
      Layer.RUNTIME,
      "Look for what keeps old class loaders: redeployed plug-ins, generated proxies, drivers and"
          + " ThreadLocals that were not removed; -XX:MaxMetaspaceSize bounds it meanwhile."),
  /** Threads are started and do not end. */
  THREADS(
      Layer.RUNTIME,
      "Share one bounded executor instead of one for each client, and shut down those that are no"
          + " longer needed; a thread dump says who started them."),
  /** Objects that nothing refers to any more wait for their finalizer. */
  FINALIZERS(
      Layer.RUNTIME,
      "Take out finalize and close what it closed with try-with-resources, or with a"
          + " java.lang.ref.Cleaner; a thread dump says what the thread Finalizer waits for."),
  /** Go: objects with a finalizer refer to themselves, so that it never runs and they stay. */
  FINALIZER_CYCLE(
      Layer.RUNTIME,
      "Break the cycle: no object with a finalizer may be reached from itself; close by a method"
          + " instead, or attach runtime.AddCleanup (Go 1.24) to a handle that refers to nothing"
          + " back."),
  /** Direct buffers are kept. */
  DIRECT_BUFFERS(
      Layer.RUNTIME,
      "Release or pool direct buffers; -XX:MaxDirectMemorySize bounds them meanwhile."),
  /** Native memory is allocated and not given back. */
  NATIVE_GROWTH(
      Layer.KERNEL,
      "Look for what is allocated outside the managed heap without being freed: C.malloc without"
          + " C.free, streams that are not closed, direct buffers; a snapshot NativeAllocations"
          + " names the caller."),
  /** The kernel keeps growing for the program: sockets, page tables, stacks. */
  KERNEL_MEMORY(
      Layer.KERNEL,
      "Close connections and read what they have received; reuse mapped address space instead of"
          + " touching ever more of it."),
  /** Files that live in memory, of a tmpfs or without a name, are written and not removed. */
  FILE_MEMORY(
      Layer.KERNEL,
      "Remove what is written to /dev/shm and to an emptyDir of medium Memory, give that a"
          + " sizeLimit, and close memfds and shared mappings: their pages count as memory, and are"
          + " given back only then."),
  /** Files or sockets are opened and not closed. */
  OPEN_FILES(
      Layer.KERNEL,
      "Close files, sockets and responses when done, on every path; ls -l /proc/PID/fd says what"
          + " they are."),
  UNKNOWN(Layer.KERNEL, "");

  private final Layer layer;
  private final String advice;

  Cause(Layer layer, String advice) {
    this.layer = layer;
    this.advice = advice;
  }

  /** Where what leaks is held; of {@link #UNKNOWN} the witnesses say. */
  public Layer layer() {
    return layer;
  }

  /** What to do about it, in one sentence; empty while unknown. */
  public String advice() {
    return advice;
  }
}
