package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.RuntimeVariables;
import dev.heapwarden.probes.target.MemoryException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The allocation sites of a Go program as of its last collection, what {@code runtime.MemProfile}
 * reads: buckets are only ever added at the head of their list, and none is moved or freed.
 *
 * <p>Layout: bucket and memRecord in Go's src/runtime/mprof.go (1.21 to 1.27). The stack follows
 * the bucket, the memRecord follows the stack.
 *
 * @param rate bytes per sample
 */
record AllocationSites(long rate, List<AllocationSite> sites) {
  /** Programs of a million lines have some ten thousand. An agent has 20 MiB for these at most. */
  static final int SITES_LIMIT = 50_000;

  /** Of all sites together. */
  static final int FRAMES_LIMIT = 1_000_000;

  private static final int TRIES = 10;

  /** maxProfStackDepth. */
  private static final int STACK_LIMIT = 1024;

  private static final int MEMORY_PROFILE = 1;
  private static final int FUTURE_CYCLES = 3;

  AllocationSites {
    sites = List.copyOf(sites);
  }

  /**
   * Reads them.
   *
   * @throws UnreadableProgramException when the program takes no samples
   * @throws MemoryException when they are too many, or are not as they should be
   */
  static AllocationSites read(GoProcess process) throws IOException {
    long rate = rate(process);
    for (int i = 0; i < TRIES; i++) {
      int cycle = cycle(process);
      var sites = read(process, rate, cycle);
      // In the next one new allocations are counted where those that are due were.
      if (cycle(process) == cycle) {
        return sites;
      }
    }
    throw new MemoryException("a collection began each time its sites were read", null);
  }

  /** The lowest bit says whether the cycle above it was added to what is published. */
  private static int cycle(GoProcess process) throws IOException {
    return process.memory().half(process.address(RuntimeVariables.PROFILE_CYCLE)) >>> 1;
  }

  private static AllocationSites read(GoProcess process, long rate, int cycle) throws IOException {
    var memory = process.memory();
    int due = 1 + cycle % FUTURE_CYCLES;
    var buckets = new ArrayList<Bucket>();
    int frames = 0;
    boolean published = false;
    for (long at = memory.word(process.address(RuntimeVariables.MEMORY_BUCKETS)); at != 0; ) {
      var bucket = Bucket.read(process, at);
      frames += bucket.stack.length;
      if (buckets.size() == SITES_LIMIT || frames > FRAMES_LIMIT) {
        throw new MemoryException(
            "more than %d allocation sites or %d frames".formatted(SITES_LIMIT, FRAMES_LIMIT),
            null);
      }
      published |= bucket.counted(0) || bucket.counted(due);
      buckets.add(bucket);
      at = bucket.next;
    }
    boolean collected = published;
    return new AllocationSites(
        rate, buckets.stream().map(bucket -> bucket.site(collected, due)).toList());
  }

  private static long rate(GoProcess process) throws IOException {
    var disabled = process.find(RuntimeVariables.PROFILE_DISABLED);
    if (disabled.isPresent() && process.memory().read(disabled.getAsLong(), 1).get(0) != 0) {
      throw new UnreadableProgramException(
          "it takes no samples of its heap: nothing in it refers to runtime.MemProfile, as"
              + " runtime/pprof does");
    }
    long rate = process.memory().word(process.address(RuntimeVariables.PROFILE_RATE));
    if (rate <= 0) {
      throw new UnreadableProgramException(
          "it takes no samples of its heap: runtime.MemProfileRate is " + rate);
    }
    return rate;
  }

  /** A bucket with its record: the published counts, then those of the cycles yet to come. */
  private static final class Bucket {
    final long next;
    final long blockSize;
    final long[] stack;
    final long[] allocated = new long[1 + FUTURE_CYCLES];
    final long[] freed = new long[1 + FUTURE_CYCLES];

    static Bucket read(GoProcess process, long address) throws MemoryException {
      var layout = process.layout();
      int size = layout.at("runtime.bucket");
      var head = process.memory().read(address, size);
      long depth = head.getLong(layout.at("runtime.bucket.nstk"));
      if (head.getLong(layout.at("runtime.bucket.typ")) != MEMORY_PROFILE
          || depth < 0
          || depth > STACK_LIMIT) {
        throw new MemoryException("no allocation site where one should be", null);
      }
      long length = depth * Long.BYTES + layout.at("runtime.memRecord");
      return new Bucket(head, process.memory().read(address + size, length), (int) depth, layout);
    }

    private Bucket(ByteBuffer head, ByteBuffer rest, int depth, GoLayout layout) {
      next = head.getLong(layout.at("runtime.bucket.allnext"));
      blockSize = head.getLong(layout.at("runtime.bucket.size"));
      stack = new long[depth];
      rest.asLongBuffer().get(stack);
      int record = depth * Long.BYTES;
      int future = record + layout.at("runtime.memRecord.future");
      for (int i = 0; i < allocated.length; i++) {
        int at = i == 0 ? record : future + (i - 1) * layout.at("runtime.memRecordCycle");
        allocated[i] = rest.getLong(at + layout.at("runtime.memRecordCycle.allocs"));
        freed[i] = rest.getLong(at + layout.at("runtime.memRecordCycle.frees"));
      }
    }

    boolean counted(int cycle) {
      return allocated[cycle] != 0 || freed[cycle] != 0;
    }

    /**
     * As memProfileInternal counts: what is published with the cycle that is due, or all cycles
     * while there was no collection.
     */
    AllocationSite site(boolean collected, int due) {
      long allocations = allocated[0];
      long frees = freed[0];
      for (int i = 1; i < allocated.length; i++) {
        if (!collected || i == due) {
          allocations += allocated[i];
          frees += freed[i];
        }
      }
      return new AllocationSite(blockSize, allocations, frees, stack);
    }
  }
}
