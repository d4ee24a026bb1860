package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.RuntimeVariables;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;

/**
 * What {@code runtime.ReadMemStats} would say, from the process's memory; each figure is that of
 * {@code runtime.MemStats}. Each processor of Go keeps a few allocations to itself that it would
 * ask for first and this does not.
 *
 * <p>As readmemstats_m computes them; src/runtime/mstats.go (Go 1.21 to 1.27).
 *
 * @param mallocs heap objects allocated since the start
 * @param frees of them freed
 * @param heapObjects live ones, and those not yet swept
 * @param heapAlloc bytes of those
 * @param totalAlloc bytes allocated since the start
 * @param heapSys bytes taken from the system for the heap
 * @param heapIdle bytes of spans that hold nothing
 * @param heapInuse bytes of spans that hold objects
 * @param heapReleased bytes of idle ones given back to the system
 * @param spanInuse bytes of the descriptions of spans
 * @param cacheInuse bytes of the processors' caches
 * @param liveAfterCollection bytes that the last collection marked as live
 * @param collections since the start
 * @param lastCollection when it ended, in nanoseconds since 1970; 0 for none
 * @param pauseTotalNanos for how long collections have stopped the program
 * @param gcPercent GOGC; -1 for off
 * @param memoryLimit GOMEMLIMIT in bytes, the largest long for none
 */
public record MemoryFigures(
    long mallocs,
    long frees,
    long heapObjects,
    long heapAlloc,
    long totalAlloc,
    long heapSys,
    long heapIdle,
    long heapInuse,
    long heapReleased,
    long spanInuse,
    long cacheInuse,
    long liveAfterCollection,
    long collections,
    long lastCollection,
    long pauseTotalNanos,
    long gcPercent,
    long memoryLimit) {

  /** consistentHeapStats keeps its counts in as many parts. */
  private static final int PARTS = 3;

  /** While the program itself adds the parts up one of them may count twice, or not at all. */
  private static final int READINGS = 3;

  /**
   * Reads them.
   *
   * @throws MemoryException when the memory cannot be read
   */
  public static MemoryFigures read(GoProcess process) throws IOException {
    var readings = new ArrayList<Counts>();
    for (int i = 0; i < READINGS; i++) {
      readings.add(Counts.read(process));
    }
    readings.sort(Comparator.comparingLong(Counts::mallocs));
    var counts = readings.get(READINGS / 2);
    var layout = process.layout();
    var memory = process.memory();
    long statistics = process.address(RuntimeVariables.STATISTICS);
    long heap = process.address(RuntimeVariables.HEAP);
    long at = process.address(RuntimeVariables.COLLECTOR);
    // totalFree is the last field that is read.
    var collector = memory.read(at, layout.at("runtime.gcControllerState.totalFree") + Long.BYTES);
    long inUse = collector(collector, layout, "heapInUse");
    long released = collector(collector, layout, "heapReleased");
    long idle = collector(collector, layout, "heapFree") + released;
    long allocated = collector(collector, layout, "totalAlloc");
    return new MemoryFigures(
        counts.mallocs(),
        counts.frees(),
        counts.mallocs() - counts.frees(),
        allocated - collector(collector, layout, "totalFree"),
        allocated,
        inUse + idle,
        idle,
        inUse,
        released,
        memory.word(heap + layout.at("runtime.mheap.spanalloc.inuse")),
        memory.word(heap + layout.at("runtime.mheap.cachealloc.inuse")),
        collector(collector, layout, "heapMarked"),
        Integer.toUnsignedLong(
            memory.read(statistics + layout.at("runtime.mstats.numgc"), Integer.BYTES).getInt(0)),
        memory.word(statistics + layout.at("runtime.mstats.last_gc_unix")),
        memory.word(statistics + layout.at("runtime.mstats.pause_total_ns")),
        collector.getInt(layout.at("runtime.gcControllerState.gcPercent")),
        collector(collector, layout, "memoryLimit"));
  }

  private static long collector(ByteBuffer collector, GoLayout layout, String field) {
    return collector.getLong(layout.at("runtime.gcControllerState." + field));
  }

  private record Counts(long mallocs, long frees) {
    static Counts read(GoProcess process) throws IOException {
      var layout = process.layout();
      int part = layout.at("runtime.heapStatsDelta");
      var parts =
          process
              .memory()
              .read(
                  process.address(RuntimeVariables.STATISTICS)
                      + layout.at("runtime.mstats.heapStats"),
                  (long) PARTS * part);
      int allocated = layout.at("runtime.heapStatsDelta.smallAllocCount");
      int freed = layout.at("runtime.heapStatsDelta.smallFreeCount");
      int sizes = layout.at("runtime.heapStatsDelta.largeFree") - allocated;
      long mallocs = 0;
      long frees = 0;
      for (int i = 0; i < PARTS; i++) {
        int at = i * part;
        // Objects without pointers below 16 bytes share a block, and count as freed with it.
        long tiny = parts.getLong(at + layout.at("runtime.heapStatsDelta.tinyAllocCount"));
        mallocs += tiny + parts.getLong(at + layout.at("runtime.heapStatsDelta.largeAllocCount"));
        frees += tiny + parts.getLong(at + layout.at("runtime.heapStatsDelta.largeFreeCount"));
        for (int size = 0; size < sizes; size += Long.BYTES) {
          mallocs += parts.getLong(at + allocated + size);
          frees += parts.getLong(at + freed + size);
        }
      }
      return new Counts(mallocs, frees);
    }
  }
}
