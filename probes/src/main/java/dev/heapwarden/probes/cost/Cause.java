package dev.heapwarden.probes.cost;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What a watched program pays for. */
public enum Cause {
  PAGE_FAULTS("PageFaults"),
  GO_GC("GoGc"),
  GO_MARK_TERMINATION("GoMarkTermination"),
  GO_MAP_GROWTH("GoMapGrowth"),
  /** The part of it that tells of small maps, which costs most where a program makes many. */
  GO_SMALL_MAPS("GoSmallMaps"),
  JVM_USDT("JvmUsdt"),
  /** Answers of an endpoint in Prometheus' text format. */
  METRICS("Metrics"),
  /** Answers of Go's expvar. */
  EXPVAR("Expvar"),
  /** Snapshots that somebody ordered: collections that they force, windows, and stops. */
  SNAPSHOTS("Snapshots");

  /** Probes on a file: whoever runs it is trapped, also those that nobody watches. */
  public static final Set<Cause> OF_EXECUTABLES =
      Set.copyOf(EnumSet.of(GO_GC, GO_MARK_TERMINATION, GO_MAP_GROWTH, GO_SMALL_MAPS));

  private final String text;

  Cause(String text) {
    this.text = text;
  }

  /** The name of the probe, as attachments have it. */
  public String text() {
    return text;
  }

  /** What of it is left out before all of it is. */
  Optional<Cause> part() {
    return this == GO_MAP_GROWTH ? Optional.of(GO_SMALL_MAPS) : Optional.empty();
  }

  /** Whether it is such a part. */
  boolean isPart() {
    return this == GO_SMALL_MAPS;
  }

  /** Whether it goes on by itself, so that the agent may end it. */
  boolean alwaysOn() {
    return this != SNAPSHOTS;
  }
}
