package dev.heapwarden.detection.sample;

/** Which source spoke. */
public enum Origin {
  /** A container's cgroup, and what /proc says of the processes in it. */
  CGROUP,
  PAGE_FAULT_TRACEPOINT,
  GO_GC_UPROBE,
  GO_MAP_UPROBE,
  /** What a Go program with GODEBUG=gctrace=1 writes into its container's log. */
  GO_GCTRACE,
  /** What the runtime of a Go program keeps of itself in its memory. */
  GO_MEMORY,
  /** The counter file of a JVM. */
  HSPERFDATA,
  /** The same counters, in the memory of a JVM that keeps no file of them. */
  JVM_MEMORY,
  /** What a JVM with -Xlog:gc writes into its container's log, or into a file of its own. */
  JVM_GC_LOG,
  /** The static probes in a JVM that keeps no counters and writes no log. */
  JVM_USDT,
  /** Class histograms of a JVM, asked for over its attach protocol. */
  CLASS_HISTOGRAM,
  /** What a program tells of itself in Prometheus' text format. */
  PROMETHEUS,
  /** What a Go program tells of itself by expvar. */
  EXPVAR;

  /**
   * Who is heard where several tell one signal: 0 for what is measured from outside, which goes on
   * for each other, then what programs tell of themselves. Each counts from a beginning of its own.
   */
  public int rank() {
    return switch (this) {
      case PROMETHEUS -> 1;
      case EXPVAR -> 2;
      default -> 0;
    };
  }
}
