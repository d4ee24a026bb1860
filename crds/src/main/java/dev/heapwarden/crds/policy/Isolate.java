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
        String ttl,
    @Default("false")
        @JsonPropertyDescription(
            "Whether an isolated pod is cut off: a NetworkPolicy of its incident lets nothing in and"
                + " nothing out, where the cluster's network heeds such. A program whose liveness"
                + " probe needs others is restarted for it.")
        Boolean denyNetwork) {
  public static final String TTL = "1h";

  public Isolate {
    ttl = ttl == null ? TTL : ttl;
    denyNetwork = denyNetwork != null && denyNetwork;
  }

  /** With its network as it is. */
  public Isolate(String ttl) {
    this(ttl, false);
  }

  static Isolate defaults() {
    return new Isolate(TTL);
  }
}
