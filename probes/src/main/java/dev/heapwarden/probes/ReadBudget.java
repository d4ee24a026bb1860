package dev.heapwarden.probes;

import dev.heapwarden.probes.gclog.GcLog;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** How much of all logs is read in one turn. What one log does not need is left to the others. */
final class ReadBudget {
  /** Read of one log: more than 100 collections of -Xlog:gc* write. */
  static final int OF_ONE = 256 << 10;

  /** Read of all logs. */
  static final int OF_ALL = 4 << 20;

  /** Read of one log when the others have taken all: no log is left out altogether. */
  static final int LEAST = 16 << 10;

  private final AtomicLong left = new AtomicLong(OF_ALL);

  /**
   * Reads on in a log.
   *
   * @return bytes that were read
   */
  long read(GcLog<?> log) throws IOException {
    int most = Math.clamp(left.getAndAdd(-OF_ONE), LEAST, OF_ONE);
    long read = 0;
    try {
      read = log.read(most);
    } finally {
      left.addAndGet(OF_ONE - read);
    }
    return read;
  }
}
