package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonProperty;

public enum Mode {
  @JsonProperty("Observe")
  OBSERVE,
  @JsonProperty("DryRun")
  DRY_RUN,
  @JsonProperty("Approve")
  APPROVE,
  @JsonProperty("Enforce")
  ENFORCE
}
