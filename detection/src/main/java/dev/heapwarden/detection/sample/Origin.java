package dev.heapwarden.detection.sample;

/** Which source spoke. */
public enum Origin {
  CGROUP,
  PAGE_FAULT_TRACEPOINT,
  GO_GC_UPROBE,
  GO_MAP_UPROBE,
  /** The counter file of a JVM. */
  HSPERFDATA,
  /** Class histograms of a JVM, asked for over its attach protocol. */
  CLASS_HISTOGRAM
}
