package dev.heapwarden.detection.feature;

import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.detection.verdict.Layer;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Every figure that a rule may name; the name in a rule is the constant in lower case. A trend
 * looks at the points since warm-up within the trend horizon, a rate at one window. {@code
 * docs/features.md} is generated from this table.
 */
public enum Feature {
  LIVE_HEAP_SLOPE(
      Unit.BYTES_PER_SECOND,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "Trend of the live heap: Theil-Sen slope through the collections."),
  LIVE_HEAP_SLOPE_LOW(
      Unit.BYTES_PER_SECOND,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "Lower end of the slope's 95 % confidence interval."),
  LIVE_HEAP_SLOPE_HIGH(
      Unit.BYTES_PER_SECOND,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "Upper end of the slope's 95 % confidence interval."),
  LIVE_HEAP_TREND_Z(
      Unit.COUNT,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "Mann-Kendall test: by how many standard deviations its rises outnumber its falls, noise that"
          + " remembers itself allowed for; no trend has more than 1.96 in 1 of 40 cases."),
  LIVE_HEAP(
      Unit.BYTES,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "Live heap after the latest collection, as fitted by the trend."),
  LIVE_HEAP_RISE(
      Unit.BYTES,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "Slope times the span of the trend: what the live heap gained."),
  LIVE_HEAP_RISE_MEANWHILE(
      Unit.BYTES,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "What the live heap gained over the span of anonymous_rise."),
  LIVE_HEAP_GROWTH(
      Unit.FRACTION,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "live_heap_rise relative to the fitted level at the trend's start."),
  LIVE_HEAP_GROWTH_HIGH(
      Unit.FRACTION,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "The same for the upper end of the slope: more growth than this is ruled out."),
  LIVE_HEAP_STEADINESS(
      Unit.FRACTION,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "Slowest pace from one quarter of the trend to the next, relative to the pace over all four:"
          + " 1 is a straight line, 0 or less stood still or fell in between."),
  LIVE_HEAP_LATEST_PACE(
      Unit.FRACTION,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "Pace at the end of the trend, from its last eighth but one to the last (below 32 collections"
          + " of its last two quarters), relative to the pace over all of it: 0 has come to a stop."
          + " 0 where nothing rose."),
  LIVE_HEAP_LATE_PACE(
      Unit.FRACTION,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "Slope of the trend's later half relative to that of the whole: 1 is a straight line; what"
          + " fills slows down."),
  LIVE_HEAP_LATE_SLOPE_LOW(
      Unit.BYTES_PER_SECOND,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "Lower end of the 95 % confidence interval of the slope of the trend's later half."),
  LIVE_HEAP_GAP(
      Unit.FRACTION,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "By how much the trend's later half lies above the earlier: its 20th percentile less the 80th"
          + " of the earlier half, relative to live_heap_rise. 0.2 on a straight line, 0 or less"
          + " where it comes back to where it was."),
  LIVE_HEAP_NEW_HIGH(
      Unit.FRACTION,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "How far the live heap is above the level that it once fell from, relative to that fall,"
          + " since warm-up within a day: below 0 it has been as high before, and came down again."
          + " 1 where it never fell by 5 %."),
  LIVE_HEAP_LASTED(
      Unit.FRACTION,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "Span of the trend, relative to the trend horizon."),
  LIVE_HEAP_SHARE(
      Unit.FRACTION,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "live_heap relative to anonymous memory; 0 where that is not known. Half where a Go heap is"
          + " collected at twice its live size, more where a limit leaves less room."),
  COLLECTIONS(
      Unit.COUNT,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "Collections since warm-up within the trend horizon; a trend needs eight."),
  GC_RATE(
      Unit.PER_SECOND,
      Layer.RUNTIME,
      Signal.COLLECTIONS,
      "Collections per second over the window; of a JVM those that clean the old generation."),
  GC_RATE_GROWTH(
      Unit.FRACTION,
      Layer.RUNTIME,
      Signal.COLLECTIONS,
      "How much more often it collects in the later half of the time since warm-up within the trend"
          + " horizon, or since the live heap began to rise in it, than in the earlier: 1 is twice"
          + " as often."),
  ALLOCATION_GROWTH(
      Unit.FRACTION,
      Layer.RUNTIME,
      Signal.POST_GC_LIVE_HEAP,
      "As gc_rate_growth, of the bytes that a Go program allocates: by how much its load grew; 0"
          + " where that is not told."),
  FULL_GC_INTERVAL(
      Unit.SECONDS,
      Layer.RUNTIME,
      Signal.COLLECTIONS,
      "Mean time between collections over the window, as gc_rate counts them; absent where there"
          + " was none."),
  AVG_PAUSE_RATIO(
      Unit.FRACTION,
      Layer.RUNTIME,
      Signal.GC_PAUSE_TIME,
      "Share of the window for which the JVM stood still for collections."),
  OLD_GEN_GROWTH_RATE(
      Unit.BYTES_PER_SECOND,
      Layer.RUNTIME,
      Signal.OLD_GENERATION,
      "Highest less lowest level of the old generation in the window, per second of it. A large"
          + " healthy heap swings as well."),
  HEAP_LIMIT(
      Unit.BYTES,
      Layer.RUNTIME,
      Signal.HEAP_LIMIT,
      "Most that the old generation can hold; the JVM runs out of memory there, however large the"
          + " container's limit is."),
  METASPACE(Unit.BYTES, Layer.RUNTIME, Signal.METASPACE, "Metaspace in use at the latest reading."),
  METASPACE_GROWTH_RATE(
      Unit.BYTES_PER_SECOND,
      Layer.RUNTIME,
      Signal.METASPACE,
      "Trend of the metaspace: Theil-Sen slope."),
  METASPACE_LEAK_SCORE(
      Unit.BYTES_PER_SECOND,
      Layer.RUNTIME,
      Signal.METASPACE,
      "What the metaspace gained over the window, per second of it. So it does while classes are"
          + " loaded."),
  METASPACE_GAINED(
      Unit.BYTES,
      Layer.RUNTIME,
      Signal.METASPACE,
      "What the metaspace gained over its trend if it rose in each quarter of it, and lies above the"
          + " level that it once fell from by a quarter of that fall, as live_heap_new_high has"
          + " it; 0 otherwise."),
  THREADS(Unit.COUNT, Layer.RUNTIME, Signal.THREADS, "Live threads at the latest reading."),
  THREAD_GROWTH_RATE(
      Unit.PER_SECOND,
      Layer.RUNTIME,
      Signal.THREADS,
      "Trend of the live threads: Theil-Sen slope."),
  THREADS_GAINED(
      Unit.COUNT, Layer.RUNTIME, Signal.THREADS, "As metaspace_gained, of live threads."),
  LOADED_CLASSES(
      Unit.COUNT, Layer.RUNTIME, Signal.LOADED_CLASSES, "Classes loaded at the latest reading."),
  LOADED_CLASS_GROWTH_RATE(
      Unit.PER_SECOND,
      Layer.RUNTIME,
      Signal.LOADED_CLASSES,
      "Trend of the loaded classes: Theil-Sen slope."),
  MARK_TERMINATION(
      Unit.SECONDS,
      Layer.RUNTIME,
      Signal.MARK_TERMINATION,
      "Longest mark termination in the window: the pause that ends a collection's marking."),
  GOROUTINES(
      Unit.COUNT,
      Layer.APPLICATION,
      Signal.GOROUTINES,
      "Goroutines that have not ended, at the latest reading."),
  GOROUTINE_GROWTH_RATE(
      Unit.PER_SECOND,
      Layer.APPLICATION,
      Signal.GOROUTINES,
      "Trend of the goroutines: Theil-Sen slope."),
  GOROUTINE_GROWTH_RATE_LOW(
      Unit.PER_SECOND,
      Layer.APPLICATION,
      Signal.GOROUTINES,
      "Lower end of the slope's 95 % confidence interval."),
  GOROUTINE_RISE(
      Unit.COUNT,
      Layer.APPLICATION,
      Signal.GOROUTINES,
      "Slope times the span of the trend: goroutines gained."),
  GOROUTINE_GROWTH(
      Unit.FRACTION,
      Layer.APPLICATION,
      Signal.GOROUTINES,
      "goroutine_rise relative to the fitted number at the trend's start."),
  GOROUTINE_STEADINESS(
      Unit.FRACTION,
      Layer.APPLICATION,
      Signal.GOROUTINES,
      "As live_heap_steadiness, of the goroutines."),
  GOROUTINE_LATEST_PACE(
      Unit.FRACTION,
      Layer.APPLICATION,
      Signal.GOROUTINES,
      "As live_heap_latest_pace, of the goroutines."),
  HEAP_SYS(
      Unit.BYTES,
      Layer.RUNTIME,
      Signal.HEAP_SYS,
      "Memory that the heap has of the system, at the latest reading."),
  HEAP_IDLE_RATIO(
      Unit.FRACTION, Layer.RUNTIME, Signal.HEAP_IDLE, "Of heap_sys the spans that hold nothing."),
  HEAP_FRAGMENTATION(
      Unit.FRACTION,
      Layer.RUNTIME,
      Signal.HEAP_RELEASED,
      "Of heap_sys the spans that hold nothing and were not given back to the system."),
  MSPAN_IN_USE(
      Unit.BYTES,
      Layer.RUNTIME,
      Signal.SPAN_IN_USE,
      "Descriptions of the heap's spans, at the latest reading."),
  LIVE_OBJECTS_GROWTH_RATE(
      Unit.PER_SECOND,
      Layer.RUNTIME,
      Signal.ALLOCATED_OBJECTS,
      "Trend of the objects that were allocated and not freed yet: Theil-Sen slope."),
  ALLOC_FREE_RATIO(
      Unit.FRACTION,
      Layer.RUNTIME,
      Signal.ALLOCATED_BYTES,
      "Bytes allocated in the window relative to those freed in it; absent where none was freed."
          + " Far above 1 while a program warms up, and in a window with few collections."),
  DIRECT_MEMORY(
      Unit.BYTES,
      Layer.RUNTIME,
      Signal.DIRECT_MEMORY,
      "Direct buffers of the JVM at the latest reading; told where the policy names its metrics."),
  DIRECT_MEMORY_GROWTH_RATE(
      Unit.BYTES_PER_SECOND,
      Layer.RUNTIME,
      Signal.DIRECT_MEMORY,
      "Trend of the direct buffers: Theil-Sen slope."),
  DIRECT_MEMORY_GAINED(
      Unit.BYTES, Layer.RUNTIME, Signal.DIRECT_MEMORY, "As metaspace_gained, of direct buffers."),
  REQUEST_RATE(
      Unit.PER_SECOND,
      Layer.APPLICATION,
      Signal.REQUESTS,
      "Requests per second over the window; told where the policy names the program's metrics."),
  REQUEST_TIME(
      Unit.SECONDS,
      Layer.APPLICATION,
      Signal.REQUEST_TIME,
      "Mean time of the window's requests; absent where there was none."),
  SUCCESS_RATE(
      Unit.FRACTION,
      Layer.APPLICATION,
      Signal.FAILED_REQUESTS,
      "Share of the window's requests that were answered without an error of the server (status"
          + " 5xx); absent where there was none, or where their status is not told."),
  GROWTH_PER_REQUEST(
      Unit.BYTES,
      Layer.APPLICATION,
      Signal.REQUESTS,
      "What each request left: the slope of the live heap, or of anonymous memory where no live"
          + " heap is known, relative to the requests per second over the same time."),
  ANONYMOUS_SLOPE(
      Unit.BYTES_PER_SECOND,
      Layer.KERNEL,
      Signal.ANONYMOUS_MEMORY,
      "Trend of anonymous memory: Theil-Sen slope."),
  ANONYMOUS_SLOPE_LOW(
      Unit.BYTES_PER_SECOND,
      Layer.KERNEL,
      Signal.ANONYMOUS_MEMORY,
      "Lower end of the slope's 95 % confidence interval."),
  ANONYMOUS_SLOPE_HIGH(
      Unit.BYTES_PER_SECOND,
      Layer.KERNEL,
      Signal.ANONYMOUS_MEMORY,
      "Upper end of the slope's 95 % confidence interval."),
  ANONYMOUS_TREND_Z(
      Unit.COUNT,
      Layer.KERNEL,
      Signal.ANONYMOUS_MEMORY,
      "As live_heap_trend_z, of anonymous memory."),
  ANONYMOUS_MEMORY(
      Unit.BYTES, Layer.KERNEL, Signal.ANONYMOUS_MEMORY, "Anonymous memory at the latest reading."),
  ANONYMOUS_RISE(
      Unit.BYTES,
      Layer.KERNEL,
      Signal.ANONYMOUS_MEMORY,
      "Slope times the span of the trend: what anonymous memory gained."),
  ANONYMOUS_GROWTH(
      Unit.FRACTION,
      Layer.KERNEL,
      Signal.ANONYMOUS_MEMORY,
      "anonymous_rise relative to the fitted level at the trend's start."),
  ANONYMOUS_STEADINESS(
      Unit.FRACTION,
      Layer.KERNEL,
      Signal.ANONYMOUS_MEMORY,
      "As live_heap_steadiness, of anonymous memory."),
  ANONYMOUS_LATEST_PACE(
      Unit.FRACTION,
      Layer.KERNEL,
      Signal.ANONYMOUS_MEMORY,
      "As live_heap_latest_pace, of anonymous memory."),
  ANONYMOUS_LATE_PACE(
      Unit.FRACTION,
      Layer.KERNEL,
      Signal.ANONYMOUS_MEMORY,
      "As live_heap_late_pace, of anonymous memory."),
  ANONYMOUS_LATE_SLOPE_LOW(
      Unit.BYTES_PER_SECOND,
      Layer.KERNEL,
      Signal.ANONYMOUS_MEMORY,
      "Lower end of the 95 % confidence interval of the slope of the trend's later half."),
  ANONYMOUS_GAP(
      Unit.FRACTION,
      Layer.KERNEL,
      Signal.ANONYMOUS_MEMORY,
      "As live_heap_gap, of anonymous memory."),
  ANONYMOUS_NEW_HIGH(
      Unit.FRACTION,
      Layer.KERNEL,
      Signal.ANONYMOUS_MEMORY,
      "As live_heap_new_high, of anonymous memory."),
  ANONYMOUS_LASTED(
      Unit.FRACTION,
      Layer.KERNEL,
      Signal.ANONYMOUS_MEMORY,
      "As live_heap_lasted, of anonymous memory."),
  MEMORY_LIMIT(
      Unit.BYTES,
      Layer.KERNEL,
      Signal.MEMORY_LIMIT,
      "Memory limit of the container; absent where there is none."),
  MEMORY_USED_RATIO(
      Unit.FRACTION,
      Layer.KERNEL,
      Signal.MEMORY_LIMIT,
      "Anonymous memory relative to the limit; absent where there is none."),
  PAGE_FAULT_RATE(
      Unit.PER_SECOND,
      Layer.KERNEL,
      Signal.PAGE_FAULTS,
      "User page faults per second over the window."),
  FILE_MEMORY(
      Unit.BYTES,
      Layer.KERNEL,
      Signal.FILE_MEMORY,
      "Cached files at the latest reading; the kernel drops them when memory is short."),
  SHARED_MEMORY(
      Unit.BYTES,
      Layer.KERNEL,
      Signal.SHARED_MEMORY,
      "Of the anonymous memory what is shared at the latest reading: files of a tmpfs such as"
          + " /dev/shm, memfds, shared mappings, ZGC's heap."),
  SHARED_MEMORY_GROWTH_RATE(
      Unit.BYTES_PER_SECOND,
      Layer.KERNEL,
      Signal.SHARED_MEMORY,
      "Trend of the shared memory: Theil-Sen slope."),
  KERNEL_MEMORY(
      Unit.BYTES,
      Layer.KERNEL,
      Signal.KERNEL_MEMORY,
      "What the kernel holds for the container at the latest reading, such as open files, sockets"
          + " and page tables; absent with cgroup v2 before Linux 5.18."),
  KERNEL_MEMORY_GROWTH_RATE(
      Unit.BYTES_PER_SECOND,
      Layer.KERNEL,
      Signal.KERNEL_MEMORY,
      "Trend of the kernel's memory: Theil-Sen slope."),
  KERNEL_MEMORY_GAINED(
      Unit.BYTES,
      Layer.KERNEL,
      Signal.KERNEL_MEMORY,
      "As metaspace_gained, of the kernel's memory."),
  OPEN_FILES(
      Unit.COUNT,
      Layer.KERNEL,
      Signal.OPEN_FILES,
      "Open file descriptors of all its processes at the latest reading."),
  OPEN_FILES_GROWTH_RATE(
      Unit.PER_SECOND,
      Layer.KERNEL,
      Signal.OPEN_FILES,
      "Trend of the open file descriptors: Theil-Sen slope."),
  OPEN_FILES_GAINED(
      Unit.COUNT,
      Layer.KERNEL,
      Signal.OPEN_FILES,
      "As metaspace_gained, of open file descriptors."),
  OS_THREADS(
      Unit.COUNT,
      Layer.KERNEL,
      Signal.OS_THREADS,
      "Threads of all its processes, whatever their runtime, at the latest reading."),
  MAP_ENTRIES(
      Unit.ENTRIES,
      Layer.APPLICATION,
      Signal.MAP_ENTRIES,
      "Entries of the map that grows fastest, at its latest growth."),
  MAP_GROWTH_RATE(
      Unit.PER_SECOND,
      Layer.APPLICATION,
      Signal.MAP_ENTRIES,
      "Entries that this map gains per second; 0 where no map keeps growing."),
  MAP_GROWTH(
      Unit.FRACTION,
      Layer.APPLICATION,
      Signal.MAP_ENTRIES,
      "What this map gained since warm-up within the trend horizon, relative to its first size"
          + " there; 0 where no map keeps growing."),
  MAP_HEAP_SHARE(
      Unit.FRACTION,
      Layer.APPLICATION,
      Signal.MAP_HEAP_SHARE,
      "Of the heap in use the room of maps (runtime.bmap up to Go 1.23, internal/runtime/maps since"
          + " 1.24), by the latest heap profile within the trend horizon. Known once a snapshot has"
          + " read one from the program's memory."),
  EMPTIED_MAP_SHARE(
      Unit.FRACTION,
      Layer.APPLICATION,
      Signal.EMPTIED_MAP_SHARE,
      "Of the room of the maps that the latest MapGrowth snapshot within the trend horizon read,"
          + " that which is free in emptied maps: with room for 1,024 entries or more and a quarter"
          + " used at most."),
  CLASS_INSTANCES(
      Unit.COUNT,
      Layer.APPLICATION,
      Signal.CLASS_INSTANCES,
      "Instances of the application's class that grows fastest in bytes, at its latest count."
          + " Counted only once the live heap is suspected; absent until two looks that together"
          + " outlast a window have counted it."),
  CLASS_GROWTH_RATE(
      Unit.PER_SECOND,
      Layer.APPLICATION,
      Signal.CLASS_INSTANCES,
      "Instances that this class gains per second; 0 where no class keeps growing."),
  CLASS_GROWTH(
      Unit.FRACTION,
      Layer.APPLICATION,
      Signal.CLASS_INSTANCES,
      "What this class gained since warm-up within the trend horizon, relative to its first count"
          + " there; 0 where no class keeps growing.");

  /** Fewer points say nothing: the interval of seven covers almost every slope. */
  public static final int TREND_POINTS = 8;

  private final String celName = name().toLowerCase(Locale.ROOT);
  private final Unit unit;
  private final Layer layer;
  private final Signal signal;
  private final String meaning;

  Feature(Unit unit, Layer layer, Signal signal, String meaning) {
    this.unit = unit;
    this.layer = layer;
    this.signal = signal;
    this.meaning = meaning;
  }

  /** The name in CEL, in evidence and in the documentation. */
  public String celName() {
    return celName;
  }

  public Unit unit() {
    return unit;
  }

  public Layer layer() {
    return layer;
  }

  /** What has to be sampled for it. */
  public Signal signal() {
    return signal;
  }

  public String meaning() {
    return meaning;
  }

  /** The runtimes whose containers have it; empty for any container. */
  public Set<RuntimeKind> runtimes() {
    return switch (signal) {
      case ANONYMOUS_MEMORY,
          WORKING_SET,
          MEMORY_LIMIT,
          PAGE_FAULTS,
          FILE_MEMORY,
          SHARED_MEMORY,
          KERNEL_MEMORY,
          PAGE_TABLES,
          SOCKET_MEMORY,
          OPEN_FILES,
          OS_THREADS,
          REQUESTS,
          REQUEST_TIME,
          FAILED_REQUESTS ->
          Set.of();
      case POST_GC_LIVE_HEAP, COLLECTIONS -> EnumSet.of(RuntimeKind.GO, RuntimeKind.JVM);
      case GC_PAUSE_TIME,
          OLD_GENERATION,
          HEAP_LIMIT,
          METASPACE,
          THREADS,
          LOADED_CLASSES,
          DIRECT_MEMORY,
          CLASS_INSTANCES ->
          EnumSet.of(RuntimeKind.JVM);
      case MARK_TERMINATION,
          GOROUTINES,
          HEAP_SYS,
          HEAP_IN_USE,
          HEAP_IDLE,
          HEAP_RELEASED,
          SPAN_IN_USE,
          ALLOCATED_OBJECTS,
          FREED_OBJECTS,
          ALLOCATED_BYTES,
          FREED_BYTES,
          MAP_HEAP_SHARE,
          EMPTIED_MAP_SHARE,
          MAP_ENTRIES ->
          EnumSet.of(RuntimeKind.GO);
    };
  }

  /**
   * True where a rule that misses the feature abstains and the other rules still decide: where
   * silence also means that nothing happened, or that nobody asked (maps speak only when they grow,
   * classes are counted only on suspicion, snapshots are seldom taken, requests that never came
   * took no time), and where it is not to be had of every program (the memory of a stripped one is
   * not read).
   */
  public boolean isDispensable() {
    return switch (signal) {
      case MAP_ENTRIES,
          MAP_HEAP_SHARE,
          EMPTIED_MAP_SHARE,
          CLASS_INSTANCES,
          COLLECTIONS,
          HEAP_LIMIT,
          METASPACE,
          THREADS,
          LOADED_CLASSES,
          PAGE_FAULTS,
          FILE_MEMORY,
          SHARED_MEMORY,
          KERNEL_MEMORY,
          PAGE_TABLES,
          SOCKET_MEMORY,
          OPEN_FILES,
          OS_THREADS,
          MARK_TERMINATION,
          GOROUTINES,
          HEAP_SYS,
          HEAP_IN_USE,
          HEAP_IDLE,
          HEAP_RELEASED,
          SPAN_IN_USE,
          ALLOCATED_OBJECTS,
          FREED_OBJECTS,
          ALLOCATED_BYTES,
          FREED_BYTES,
          DIRECT_MEMORY,
          REQUESTS,
          REQUEST_TIME,
          FAILED_REQUESTS ->
          true;
      default -> false;
    };
  }
}
