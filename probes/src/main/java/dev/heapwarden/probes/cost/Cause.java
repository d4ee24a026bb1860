package dev.heapwarden.probes.cost;

import java.util.EnumSet;
import java.util.Set;

/** What a watched program pays for. */
public enum Cause {
  PAGE_FAULTS("PageFaults"),
  GO_GC("GoGc"),
  GO_MAP_GROWTH("GoMapGrowth"),
  /** Answers of an endpoint in Prometheus' text format. */
  METRICS("Metrics"),
  /** Answers of Go's expvar. */
  EXPVAR("Expvar"),
  /** Snapshots that somebody ordered: collections that they force, windows, and stops. */
  SNAPSHOTS("Snapshots");

  /** Probes on a file: whoever runs it is trapped, also those that nobody watches. */
  public static final Set<Cause> OF_EXECUTABLES = Set.copyOf(EnumSet.of(GO_GC, GO_MAP_GROWTH));

  private final String text;

  Cause(String text) {
    this.text = text;
  }

  /** The name of the probe, as attachments have it. */
  public String text() {
    return text;
  }

  /** Whether it goes on by itself, so that the agent may end it. */
  boolean alwaysOn() {
    return this != SNAPSHOTS;
  }
}
