package dev.heapwarden.probes.jvm;

import dev.heapwarden.detection.sample.Origin;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the static probes of a JVM have told of its collections so far. Names of pools and of what
 * collects them are known by their first eight bytes, as one number; they are those of JDK 17, 21
 * and 25, src/hotspot/share/gc: serial/{serialHeap,tenuredGeneration}.cpp,
 * parallel/{parallelScavengeHeap,psMemoryPool}.cpp, g1/{g1MonitoringSupport,g1MemoryPool}.cpp,
 * z/{zMemoryPool,zServiceability}.cpp and shenandoah/{shenandoahHeap,shenandoahMemoryPool}.cpp.
 */
public final class TracedCollections {
  /** Pools that tell what is old, or, without generations, all there is. */
  public static final Map<Long, Collector> POOLS =
      Map.of(
          word("Tenured Gen"), Collector.SERIAL,
          word("PS Old Gen"), Collector.PARALLEL,
          word("G1 Old Gen"), Collector.G1,
          word("ZGC Old Generation"), Collector.GENERATIONAL_ZGC,
          word("ZHeap"), Collector.ZGC,
          word("Shenandoah"), Collector.SHENANDOAH);

  public static final long METASPACE = word("Metaspace");

  /** What cleans the old generation. G1's concurrent cycles are seen by their pauses. */
  private static final Set<Long> CLEANERS =
      Set.of(
          word("MarkSweepCompact"),
          word("PS MarkSweep"),
          word("G1 Old Generation"),
          word("ZGC Major Cycles"));

  /**
   * Collectors whose pauses are from one probe to the other. The probes of ZGC leave out most of a
   * pause, and those of Shenandoah begin before it: of 0.1 ms that is a sixth.
   */
  private static final Set<Collector> TIMED =
      Set.of(Collector.SERIAL, Collector.PARALLEL, Collector.G1);

  private static final Set<Collector> WITHOUT_GENERATIONS =
      Set.of(Collector.ZGC, Collector.SHENANDOAH);

  /** G1 pauses twice in a cycle: see {@link Collector#G1}. */
  private static final int PAUSES_OF_CYCLE = 2;

  private Collector collector = Collector.UNKNOWN;
  private long used;
  private long most;
  private long metaspace;
  private long cleaned;
  private long concurrent;
  private double paused;

  /** The first eight bytes of a name, little-endian; those behind its end are 0. */
  static long word(String name) {
    var bytes = name.getBytes(StandardCharsets.US_ASCII);
    long word = 0;
    for (int i = Math.min(Long.BYTES, bytes.length) - 1; i >= 0; i--) {
      word = word << Byte.SIZE | bytes[i];
    }
    return word;
  }

  /** The bits of a name's word that belong to the name. */
  public static long bits(long word) {
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      if ((word >>> shift & 0xff) == 0) {
        return (1L << shift) - 1;
      }
    }
    return -1;
  }

  /** What is not told of a collector that has this pool; empty when nothing is left out. */
  public static Optional<String> untold(long pool) {
    var collector = POOLS.getOrDefault(pool & bits(pool), Collector.UNKNOWN);
    if (TIMED.contains(collector)) {
      return Optional.empty();
    }
    return Optional.of(
        "the probes of %s do not tell %sfor how long its collections stop the program"
            .formatted(
                collector.text(),
                WITHOUT_GENERATIONS.contains(collector) ? "what its collections leave, nor " : ""));
  }

  /**
   * Takes what a collection left.
   *
   * @param manager word of what collected
   * @param pool word of one of {@link #POOLS}
   * @param used bytes in it
   * @param most bytes that it can hold, not positive where there is no limit
   * @param metaspace bytes in use of that
   */
  public void collected(long manager, long pool, long used, long most, long metaspace) {
    collector = POOLS.getOrDefault(pool & bits(pool), Collector.UNKNOWN);
    this.used = used;
    this.most = most;
    this.metaspace = metaspace;
    if (CLEANERS.contains(manager & bits(manager))) {
      cleaned++;
    }
  }

  /**
   * Takes a pause.
   *
   * @param pools whether one was told in it: none is in a concurrent collection's
   */
  public void paused(long nanos, boolean pools) {
    paused += nanos / 1e9;
    if (!pools) {
      concurrent++;
    }
  }

  /** All of it. */
  public JvmFigures told() {
    boolean generations =
        collector != Collector.UNKNOWN && !WITHOUT_GENERATIONS.contains(collector);
    long cycles = collector == Collector.G1 ? concurrent / PAUSES_OF_CYCLE : 0;
    return new JvmFigures(
        Origin.JVM_USDT,
        generations ? OptionalLong.of(used) : OptionalLong.empty(),
        most > 0 ? OptionalLong.of(most) : OptionalLong.empty(),
        generations ? OptionalLong.of(cleaned + cycles) : OptionalLong.empty(),
        TIMED.contains(collector) ? OptionalDouble.of(paused) : OptionalDouble.empty(),
        metaspace > 0 ? OptionalLong.of(metaspace) : OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty());
  }
}
