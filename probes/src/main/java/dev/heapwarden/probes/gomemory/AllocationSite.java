package dev.heapwarden.probes.gomemory;

/** Where memory was allocated, in blocks of one size, and how many of them were sampled. */
final class AllocationSite {
  private final long blockSize;
  private final long allocated;
  private final long freed;
  private final long[] stack;

  /**
   * A site.
   *
   * @param blockSize in bytes
   * @param allocated blocks that were sampled since the program started
   * @param freed of them
   * @param stack return addresses, innermost first; kept, not copied
   */
  AllocationSite(long blockSize, long allocated, long freed, long... stack) {
    this.blockSize = blockSize;
    this.allocated = allocated;
    this.freed = freed;
    this.stack = stack;
  }

  long blockSize() {
    return blockSize;
  }

  long allocated() {
    return allocated;
  }

  long inUse() {
    return allocated - freed;
  }

  long[] stack() {
    return stack.clone();
  }

  /**
   * How many blocks each sampled one stands for, as scaleHeapSample in Go's
   * src/runtime/pprof/protomem.go has it (1.21 to 1.27).
   *
   * @param rate bytes per sample
   */
  double scale(long rate) {
    if (blockSize <= 0) {
      return 0;
    }
    return rate == 1 ? 1 : 1 / (1 - Math.exp(-(double) blockSize / rate));
  }
}
