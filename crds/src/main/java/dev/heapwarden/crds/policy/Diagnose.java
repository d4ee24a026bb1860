package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.heapwarden.crds.Durations;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

public record Diagnose(
    @Default(Diagnose.WINDOW)
        @Size(max = Durations.LENGTH)
        @ValidationRule(
            value =
                Durations.VALID
                    + " && duration(self) >= duration('1s') && duration(self) <= duration('60s')",
            message = "diagnose.window must be a duration between 1s and 60s")
        @JsonPropertyDescription("How long the expensive probes of a snapshot look, such as 5s.")
        String window) {
  public static final String WINDOW = "5s";

  public Diagnose {
    window = window == null ? WINDOW : window;
  }

  static Diagnose defaults() {
    return new Diagnose(WINDOW);
  }
}
