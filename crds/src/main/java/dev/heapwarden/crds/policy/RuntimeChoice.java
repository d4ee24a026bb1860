package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonProperty;

public enum RuntimeChoice {
  @JsonProperty("Auto")
  AUTO,
  @JsonProperty("Go")
  GO,
  @JsonProperty("JVM")
  JVM,
  @JsonProperty("Native")
  NATIVE
}
