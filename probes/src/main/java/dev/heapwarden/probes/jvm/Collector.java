package dev.heapwarden.probes.jvm;

import java.util.OptionalLong;

/**
 * A garbage collector, by the names of its counters, and how these count what cleans the old
 * generation. Counters count pauses, and a concurrent cycle has several. One that is not known is
 * not guessed at.
 */
public enum Collector {
  /** Policies as in JDK 8 to 25, src/hotspot/share/gc/{serial,parallel}. */
  SERIAL("Serial", 1, 0),
  PARALLEL("Parallel", 1, 0),

  /**
   * A cycle pauses for Remark and for Cleanup (JDK 17 and 25, src/hotspot/share/gc/g1/
   * g1ConcurrentMark.cpp); one that is aborted for Remark alone, and then counts as half. JDK 8
   * does not count them.
   */
  G1("G1", 1, 2),

  /**
   * A major collection pauses eight times unless -XX:-ScavengeBeforeFullGC or a minor one meanwhile
   * takes some of them (JDK 21 and 25, src/hotspot/share/gc/z/zDriver.cpp and zServiceability.cpp):
   * eight pauses hold at least one.
   */
  GENERATIONAL_ZGC("generational ZGC", 0, 8),

  /** Tells the heap in use at a pause, what was allocated since the last cycle included. */
  ZGC("ZGC without generations", 0, 0),

  /**
   * Tells the heap in use now and then, and counts its concurrent work with its pauses, some of it
   * twice (JDK 17 and 25, src/hotspot/share/gc/shenandoah/shenandoah{MonitoringSupport,
   * ConcurrentGC}.cpp).
   */
  SHENANDOAH("Shenandoah", 0, 0),

  UNKNOWN("an unknown collector", 0, 0);

  private final String text;
  private final int fulls;
  private final int pausesOfCycle;

  /**
   * @param fulls how often collector 1 counts a full collection, 0 where it means something else
   * @param pausesOfCycle how often collector 2 counts a cycle at most, 0 likewise
   */
  Collector(String text, int fulls, int pausesOfCycle) {
    this.text = text;
    this.fulls = fulls;
    this.pausesOfCycle = pausesOfCycle;
  }

  /** As people know it. */
  String text() {
    return text;
  }

  /** Whether the time that its counters tell is that of its pauses. */
  boolean timesPauses() {
    return this != SHENANDOAH && this != UNKNOWN;
  }

  /** Only some have a policy; the names of the others are those of JDK 17, 21 and 25. */
  static Collector of(PerfData counters) {
    return switch (counters.text("sun.gc.policy.name").orElse("")) {
      case "Copy:MSC" -> SERIAL;
      case "ParScav:MSC" -> PARALLEL;
      case "GarbageFirst" -> G1;
      case "" ->
          switch (counters.text("sun.gc.collector.2.name").orElse("")) {
            case "ZGC major collection pauses" -> GENERATIONAL_ZGC;
            case "Z concurrent cycle pauses" -> ZGC;
            default ->
                counters.text("sun.gc.collector.1.name").orElse("").equals("Shenandoah full")
                    ? SHENANDOAH
                    : UNKNOWN;
          };
      default -> UNKNOWN;
    };
  }

  /**
   * Collections that cleaned the old generation.
   *
   * @param full what collector 1 has counted
   * @param concurrent what collector 2 has counted
   */
  OptionalLong cleaned(long full, long concurrent) {
    return fulls == 0 && pausesOfCycle == 0
        ? OptionalLong.empty()
        : OptionalLong.of(fulls * full + (pausesOfCycle == 0 ? 0 : concurrent / pausesOfCycle));
  }
}
