package dev.heapwarden.probes.probe;

import java.util.concurrent.atomic.LongAdder;

/**
 * What was not told, and how often the node's program was started. Counts since the agent's start.
 */
public final class ProbeCounters {
  private final LongAdder lost = new LongAdder();
  private final LongAdder full = new LongAdder();
  private final LongAdder untold = new LongAdder();
  private final LongAdder starts = new LongAdder();
  private final LongAdder deaths = new LongAdder();

  void lost(long events) {
    lost.add(events);
  }

  void full() {
    full.increment();
  }

  void untold(long growths) {
    untold.add(growths);
  }

  void started() {
    starts.increment();
  }

  void died() {
    deaths.increment();
  }

  /** Events that bpftrace could not take in time. */
  public long lost() {
    return lost.sum();
  }

  /** Events that no map of the program had room for. */
  public long mapFull() {
    return full.sum();
  }

  /** Map growths above the rate that is told. */
  public long untold() {
    return untold.sum();
  }

  /** Node programs started. */
  public long starts() {
    return starts.sum();
  }

  /** Node programs that ended unasked. */
  public long deaths() {
    return deaths.sum();
  }
}
