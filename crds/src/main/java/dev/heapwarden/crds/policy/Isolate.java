package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.heapwarden.crds.Durations;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

public record Isolate(
    @Default(Isolate.TTL)
        @Size(max = Durations.LENGTH)
        @ValidationRule(value = Durations.VALID, message = Durations.MESSAGE)
        @JsonPropertyDescription(
            "How long an isolated pod is kept for analysis before it is deleted, such as 1h.")
        String ttl) {
  public static final String TTL = "1h";

  public Isolate {
    ttl = ttl == null ? TTL : ttl;
  }

  static Isolate defaults() {
    return new Isolate(TTL);
  }
}
