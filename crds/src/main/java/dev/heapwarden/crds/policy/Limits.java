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
        Integer concurrentIsolations,
    @Default("3")
        @Min(1)
        @Max(Limits.REMEMBERED)
        @JsonPropertyDescription(
            "Responses of this policy within 24 hours that changed the workload and did not help"
                + " (RolledBack, NeedsHuman), after which nothing more is changed until a person"
                + " sets the annotation heapwarden.dev/breaker-closed-at of the policy to the"
                + " time.")
        Integer unhelpfulResponses) {
  /** Responses that did not help of which a policy knows at most. */
  public static final int REMEMBERED = 20;

  public Limits {
    actionsPerHour = actionsPerHour == null ? 3 : actionsPerHour;
    concurrentIsolations = concurrentIsolations == null ? 1 : concurrentIsolations;
    unhelpfulResponses = unhelpfulResponses == null ? 3 : unhelpfulResponses;
  }

  /** With the default of everything else. */
  public Limits(Integer actionsPerHour, Integer concurrentIsolations) {
    this(actionsPerHour, concurrentIsolations, 3);
  }

  static Limits defaults() {
    return new Limits(3, 1);
  }
}
