package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

public record Limits(
    @Default("3")
        @Min(1)
        @Max(100)
        @JsonPropertyDescription("Actions of levels 2 and 3 for this policy in any hour.")
        Integer actionsPerHour,
    @Default("1")
        @Min(1)
        @Max(10)
        @JsonPropertyDescription("Pods of this policy isolated at the same time.")
        Integer concurrentIsolations) {
  public Limits {
    actionsPerHour = actionsPerHour == null ? 3 : actionsPerHour;
    concurrentIsolations = concurrentIsolations == null ? 1 : concurrentIsolations;
  }

  static Limits defaults() {
    return new Limits(3, 1);
  }
}
