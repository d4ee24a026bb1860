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
