package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.heapwarden.crds.Durations;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

public record Intervene(
    @JsonPropertyDescription(
            "Settings of the Go runtime, applied as environment variables: a rollout of the"
                + " workload.")
        @Nullable GoSettings go,
    @JsonPropertyDescription(
            "Options of a JVM, applied through JAVA_TOOL_OPTIONS, or JDK_JAVA_OPTIONS where the"
                + " first is taken: a rollout of the workload.")
        @Nullable JvmSettings jvm,
    @JsonPropertyDescription("Replicas to add.") @Nullable Scale scale,
    @JsonPropertyDescription(
            "A higher memory limit for the pods that leak, whatever owns them, in place: no"
                + " restart, no rollout.")
        @Nullable Resize resize,
    @Default(Intervene.TTL)
        @Size(max = Durations.LENGTH)
        @ValidationRule(value = Durations.VALID, message = Durations.MESSAGE)
        @JsonPropertyDescription(
            "An intervention is temporary: it is undone after this time, such as 24h.")
        String ttl) {
  public static final String TTL = "24h";

  public Intervene {
    ttl = ttl == null ? TTL : ttl;
  }

  static Intervene defaults() {
    return new Intervene(null, null, null, null, TTL);
  }
}
