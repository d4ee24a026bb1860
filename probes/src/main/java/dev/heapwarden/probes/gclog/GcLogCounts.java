package dev.heapwarden.probes.gclog;

import java.util.concurrent.atomic.LongAdder;

/** What the agent made of the logs that it reads, of all containers together. */
public final class GcLogCounts {
  private final LongAdder understood = new LongAdder();
  private final LongAdder unknown = new LongAdder();
  private final LongAdder passedBytes = new LongAdder();

  void understood() {
    understood.increment();
  }

  void unknown() {
    unknown.increment();
  }

  void passed(long bytes) {
    passedBytes.add(bytes);
  }

  /** Lines of collections that told a figure. */
  public long understoodLines() {
    return understood.sum();
  }

  /** Lines of collections that are of no form that is known. */
  public long unknownLines() {
    return unknown.sum();
  }

  /** Bytes that were written faster than they are read. */
  public long passedBytes() {
    return passedBytes.sum();
  }
}
