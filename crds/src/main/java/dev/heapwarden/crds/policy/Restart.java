package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;

public record Restart(
    @Default("20")
        @Min(1)
        @Max(Restart.MOST)
        @JsonPropertyDescription("Pods restarted at most, those that run longest first.")
        Integer max) {
  /** What undo and recognition need to know of each stands in the incident. */
  public static final int MOST = 20;

  public Restart {
    max = max == null ? MOST : max;
  }
}
