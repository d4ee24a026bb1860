package dev.heapwarden.detection.sample;

/** Which source spoke. */
public enum Origin {
  CGROUP,
  PAGE_FAULT_TRACEPOINT,
  GO_GC_UPROBE,
  GO_MAP_UPROBE,
  /** What a Go program with GODEBUG=gctrace=1 writes into its container's log. */
  GO_GCTRACE,
  /** The counter file of a JVM. */
  HSPERFDATA,
  /** The same counters, in the memory of a JVM that keeps no file of them. */
  JVM_MEMORY,
  /** What a JVM with -Xlog:gc writes into its container's log, or into a file of its own. */
  JVM_GC_LOG,
  /** The static probes in a JVM that keeps no counters and writes no log. */
  JVM_USDT,
  /** Class histograms of a JVM, asked for over its attach protocol. */
  CLASS_HISTOGRAM
}
