package dev.heapwarden.probes.jvm;

import dev.heapwarden.detection.sample.Origin;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * What Heapwarden reads of a JVM's performance counters. Names as in JDK 17 and 25,
 * src/hotspot/share/gc/shared/{collectorCounters,generationCounters,hSpaceCounters}.cpp,
 * memory/metaspaceCounters.cpp and services/{runtimeService,threadService,classLoadingService}.cpp.
 *
 * @param origin which source speaks
 * @param version such as 25.0.1+8-LTS
 * @param collector whose counters they are
 * @param youngUsed bytes in the young generation, what was allocated since the latest pause
 *     included where the JVM tells: G1 with each new region of eden (g1MonitoringSupport.cpp),
 *     Parallel from time to time; 0 where there is none
 * @param survivorsUsed those of them in survivor spaces, which change at pauses only
 * @param oldUsed bytes in the old generation after the latest pause; of a collector without
 *     generations in the whole heap
 * @param oldLimit bytes that the old generation can grow to
 * @param oldCollections collections that clean the old generation: full ones, and concurrent
 *     cycles; empty where the collector does not tell
 * @param youngCollections collections of the young generation, G1's mixed ones included
 * @param pauseSeconds all pauses of all collectors since the JVM started, unless {@link #notPauses}
 * @param stoppedSeconds all safepoints since the JVM started, those of collections included
 * @param metaspaceUsed bytes
 * @param threads live ones
 * @param classes loaded and not unloaded since, those of a shared archive included
 */
public record JvmCounters(
    Origin origin,
    String version,
    Collector collector,
    long youngUsed,
    long survivorsUsed,
    long oldUsed,
    long oldLimit,
    OptionalLong oldCollections,
    long youngCollections,
    double pauseSeconds,
    double stoppedSeconds,
    long metaspaceUsed,
    long threads,
    long classes) {

  /** The name under which it is told whether they are read. */
  public static final String PROBE = "JvmCounters";

  /** Collector 0 is the young one; 1 makes full collections; 2 are G1's and ZGC's cycles. */
  private static final int COLLECTORS = 3;

  private static final String FULL = "sun.gc.collector.1.";
  private static final String CONCURRENT = "sun.gc.collector.2.";

  /** Of the young generation; two of survivors follow. */
  private static final int EDEN = 0;

  private static final int SPACES = 3;

  /**
   * Why the level of the old generation tells nothing of what is live; empty where its lowest
   * between two collections does.
   */
  public Optional<String> notLive() {
    return oldCollections.isPresent()
        ? Optional.empty()
        : Optional.of(
            "the counters of %s do not tell what its collections leave"
                .formatted(collector.text()));
  }

  /** Why {@link #pauseSeconds} is no time of pauses; empty where it is. */
  public Optional<String> notPauses() {
    return collector.timesPauses()
        ? Optional.empty()
        : Optional.of(
            "the counters of %s do not tell for how long its collections stop the program"
                .formatted(collector.text()));
  }

  /** What a container's ledger takes of them. */
  public JvmFigures figures() {
    return new JvmFigures(
        origin,
        oldCollections.isPresent() ? OptionalLong.of(oldUsed) : OptionalLong.empty(),
        oldLimit > 0 ? OptionalLong.of(oldLimit) : OptionalLong.empty(),
        oldCollections,
        notPauses().isEmpty() ? OptionalDouble.of(pauseSeconds) : OptionalDouble.empty(),
        OptionalLong.of(metaspaceUsed),
        OptionalLong.of(threads),
        OptionalLong.of(classes));
  }

  /**
   * What the program keeps at most of what collections have seen, also where no object is old yet;
   * empty before the first collection, and where the collector does not tell.
   */
  public OptionalLong liveHeap() {
    return oldCollections.isPresent() && youngCollections + oldCollections.getAsLong() > 0
        ? OptionalLong.of(oldUsed + survivorsUsed)
        : OptionalLong.empty();
  }

  static JvmCounters of(Origin origin, PerfData counters) {
    // At least 1, whatever it claims: what is told are numbers.
    double ticksPerSecond =
        Math.max(1, counters.number("sun.os.hrt.frequency").orElse(1_000_000_000L));
    var collector = Collector.of(counters);
    return new JvmCounters(
        origin,
        counters.text("java.property.java.vm.version").orElse(""),
        collector,
        young(counters, EDEN),
        young(counters, EDEN + 1),
        number(counters, "sun.gc.generation.1.space.0.used"),
        number(counters, "sun.gc.generation.1.maxCapacity"),
        collector.cleaned(over(counters, FULL), over(counters, CONCURRENT)),
        number(counters, "sun.gc.collector.0.invocations"),
        IntStream.range(0, COLLECTORS)
                .mapToLong(number -> number(counters, "sun.gc.collector." + number + ".time"))
                .sum()
            / ticksPerSecond,
        number(counters, "sun.rt.safepointTime") / ticksPerSecond,
        number(counters, "sun.gc.metaspace.used"),
        number(counters, "java.threads.live"),
        classes(counters, "loadedClasses", "sharedLoadedClasses")
            - classes(counters, "unloadedClasses", "sharedUnloadedClasses"));
  }

  private static long young(PerfData counters, int firstSpace) {
    return IntStream.range(firstSpace, SPACES)
        .mapToLong(space -> number(counters, "sun.gc.generation.0.space." + space + ".used"))
        .sum();
  }

  /**
   * As the JVM adds them up (JDK 17 and 25, src/hotspot/share/services/classLoadingService.hpp).
   */
  private static long classes(PerfData counters, String ofFiles, String ofArchive) {
    return number(counters, "java.cls." + ofFiles) + number(counters, "java.cls." + ofArchive);
  }

  /**
   * Collections of a collector that are over: each is counted when it begins, and what it leaves is
   * told when it ends (JDK 17 and 25, src/hotspot/share/runtime/perfData.hpp, PerfTraceTimedEvent;
   * gc/shared/collectorCounters.cpp).
   */
  private static long over(PerfData counters, String collector) {
    boolean collecting =
        number(counters, collector + "lastEntryTime")
            > number(counters, collector + "lastExitTime");
    return number(counters, collector + "invocations") - (collecting ? 1 : 0);
  }

  private static long number(PerfData counters, String name) {
    return counters.number(name).orElse(0);
  }
}
