package dev.heapwarden.detection.sample;

/** Which source spoke. */
public enum Origin {
  CGROUP,
  PAGE_FAULT_TRACEPOINT,
  GO_GC_UPROBE,
  GO_MAP_UPROBE,
  /** The counter file of a JVM. */
  HSPERFDATA,
  /** The same counters, in the memory of a JVM that keeps no file of them. */
  JVM_MEMORY,
  /** Class histograms of a JVM, asked for over its attach protocol. */
  CLASS_HISTOGRAM
}
