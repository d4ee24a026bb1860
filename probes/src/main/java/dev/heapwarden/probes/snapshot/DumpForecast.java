package dev.heapwarden.probes.snapshot;

import java.time.Duration;

/**
 * What a heap dump of a JVM costs at most: garbage counts too, since how much of the heap it is
 * cannot be known before.
 *
 * @param pause for which the program stands still
 * @param bytes of the file
 */
record DumpForecast(Duration pause, long bytes) {
  /** 8.3 s were measured for 1.4 GB that were live, on a core and a local disk. */
  private static final double SECONDS_PER_BYTE = 8.3 / 1.4e9;

  /**
   * In a dump a reference has 8 bytes where a heap may have 4, and an object 25 before its fields
   * where a heap has 8 to 16 (JDK 25, src/hotspot/share/services/heapDumper.cpp).
   */
  private static final int FILE_PER_HEAP = 2;

  /** Since JDK 22 threads write segments that are then put together. */
  private static final int SPACE_PER_FILE = 2;

  /**
   * For a heap.
   *
   * @param heapUsed bytes
   * @param cpus that the container may use
   */
  static DumpForecast of(long heapUsed, double cpus) {
    return new DumpForecast(Pause.of(heapUsed, SECONDS_PER_BYTE, cpus), FILE_PER_HEAP * heapUsed);
  }

  /** Bytes of disk that are taken for a while. */
  long space() {
    return SPACE_PER_FILE * bytes;
  }
}
