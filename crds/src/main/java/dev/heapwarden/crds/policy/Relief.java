package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a JVM can be asked to give back while it serves. */
public enum Relief {
  /** GC.run: a full collection. */
  @JsonProperty("CollectGarbage")
  COLLECT_GARBAGE,
  /** System.trim_native_heap: freed memory that glibc keeps. */
  @JsonProperty("TrimNativeHeap")
  TRIM_NATIVE_HEAP
}
