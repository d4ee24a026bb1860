package dev.heapwarden.crds.snapshot;

import com.fasterxml.jackson.annotation.JsonProperty;

public enum SnapshotKind {
  @JsonProperty("Auto")
  AUTO,
  /**
   * A short window of mapassign probes: which Go map instances grow, how large they are, who writes
   * them.
   */
  @JsonProperty("MapGrowth")
  MAP_GROWTH,
  /** A short window of kmalloc by size and stack. */
  @JsonProperty("KernelMemory")
  KERNEL_MEMORY,
  /** /debug/pprof/heap?gc=1 of a program that offers it. */
  @JsonProperty("GoHeapProfile")
  GO_HEAP_PROFILE,
  /** /debug/pprof/goroutine of a program that offers it. */
  @JsonProperty("Goroutines")
  GOROUTINES
}
