package dev.heapwarden.crds.incident;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One action. Its intent is written before it is done, its outcome after it was seen to be done.
 */
public record Step(
    @JsonPropertyDescription(
            "What is done: Diagnose, Isolate, SampleInstances, PatchEnvironment, AddReplicas,"
                + " ResizeMemory, Verify.")
        String action,
    @JsonPropertyDescription("Level of the action, 1 to 3.") int level,
    @JsonPropertyDescription(
            "Planned (DryRun), Intended, Done, Refused, Failed, Suggested, Undoing, Undone.")
        State state,
    @JsonPropertyDescription("What it is done to, such as pod/checkout-7d9f.") String object,
    @JsonPropertyDescription("What was found, or why it was refused.") @Nullable String message,
    @JsonPropertyDescription("The exact change, as YAML.") @Nullable String patch,
    @JsonPropertyDescription("What undo needs to know.") Map<String, String> undo,
    @JsonPropertyDescription("When it was intended, ISO 8601.") String intendedAt,
    @JsonPropertyDescription("When its outcome was seen, ISO 8601.") @Nullable String settledAt,
    @JsonPropertyDescription("When it is undone by itself, ISO 8601.") @Nullable String expiresAt) {
  public Step {
    undo = undo == null ? Map.of() : Map.copyOf(undo);
  }

  public enum State {
    @com.fasterxml.jackson.annotation.JsonProperty("Planned")
    PLANNED,
    @com.fasterxml.jackson.annotation.JsonProperty("Intended")
    INTENDED,
    @com.fasterxml.jackson.annotation.JsonProperty("Done")
    DONE,
    @com.fasterxml.jackson.annotation.JsonProperty("Refused")
    REFUSED,
    @com.fasterxml.jackson.annotation.JsonProperty("Failed")
    FAILED,
    @com.fasterxml.jackson.annotation.JsonProperty("Suggested")
    SUGGESTED,
    @com.fasterxml.jackson.annotation.JsonProperty("Undoing")
    UNDOING,
    @com.fasterxml.jackson.annotation.JsonProperty("Undone")
    UNDONE
  }
}
