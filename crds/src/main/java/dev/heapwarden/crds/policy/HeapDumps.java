package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether heap dumps are kept, which hold all that a program's memory holds. */
public enum HeapDumps {
  /** None is ordered, and a MemorySnapshot that asks for one gets it of an isolated pod only. */
  @JsonProperty("Never")
  NEVER,
  /** Level 2 orders one; of a pod in service one is taken where that harms nobody. */
  @JsonProperty("IfSafe")
  IF_SAFE
}
