package dev.heapwarden.probes.jvm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What Heapwarden reads of a JVM's performance counters. Names as in JDK 17 and 25,
 * src/hotspot/share/gc/shared/{collectorCounters,generationCounters,hSpaceCounters}.cpp and
 * memory/metaspaceCounters.cpp.
 *
 * @param version such as 25.0.1+8-LTS
 * @param collector such as G1
 * @param oldUsed bytes in the old generation after the latest pause
 * @param oldLimit bytes that the old generation can grow to
 * @param oldCollections collections that clean the old generation: full ones, and the pauses of
 *     concurrent cycles
 * @param youngCollections collections of the young generation, G1's mixed ones included
 * @param pauseSeconds all pauses of all collectors since the JVM started
 * @param metaspaceUsed bytes
 * @param threads live ones
 */
public record JvmCounters(
    String version,
    String collector,
    long oldUsed,
    long oldLimit,
    long oldCollections,
    long youngCollections,
    double pauseSeconds,
    long metaspaceUsed,
    long threads) {

  /** Collector 0 is the young one; 1 makes full collections; 2 are G1's and ZGC's cycles. */
  private static final int COLLECTORS = 3;

  /**
   * Reads the counters of a JVM; empty where it keeps none.
   *
   * @throws IOException when the process ended, or its counters cannot be read
   */
  public static Optional<JvmCounters> read(long pid, Path procRoot) throws IOException {
    var file = JvmProcess.of(pid, procRoot).counters();
    return file.isEmpty() ? Optional.empty() : Optional.of(of(PerfData.read(file.get())));
  }

  /** What the old generation keeps at most; empty before the first collection. */
  public OptionalLong liveHeap() {
    return youngCollections + oldCollections == 0 ? OptionalLong.empty() : OptionalLong.of(oldUsed);
  }

  static JvmCounters of(PerfData counters) {
    double ticksPerSecond = counters.number("sun.os.hrt.frequency").orElse(1_000_000_000L);
    return new JvmCounters(
        counters.text("java.property.java.vm.version").orElse(""),
        counters.text("sun.gc.policy.name").orElse(""),
        counters.number("sun.gc.generation.1.space.0.used").orElse(0),
        counters.number("sun.gc.generation.1.maxCapacity").orElse(0),
        collectors(counters, 1, "invocations").sum(),
        counters.number("sun.gc.collector.0.invocations").orElse(0),
        collectors(counters, 0, "time").sum() / ticksPerSecond,
        counters.number("sun.gc.metaspace.used").orElse(0),
        counters.number("java.threads.live").orElse(0));
  }

  private static LongStream collectors(PerfData counters, int first, String figure) {
    return IntStream.range(first, COLLECTORS)
        .mapToLong(
            number -> counters.number("sun.gc.collector." + number + "." + figure).orElse(0));
  }
}
