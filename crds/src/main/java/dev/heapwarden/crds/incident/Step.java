package dev.heapwarden.crds.incident;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One action. Its intent is written before it is done, its outcome after it was seen to be done.
 */
public record Step(
    @JsonPropertyDescription(
            "What is done: Diagnose, Isolate, DiagnoseIsolated, SampleInstances, Relieve,"
                + " PatchEnvironment, AddReplicas, Restart, ResizeMemory, Verify.")
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
    @JsonPropertyDescription("When it is undone by itself, ISO 8601.") @Nullable String expiresAt,
    @JsonPropertyDescription(
            "Why it is undone: Expired, Asked, PolicyDeleted, IncidentDeleted, Uninstalled, Ended"
                + " (the response ended before it was seen to be done), Failed, DidNotHelp.")
        @Nullable UndoCause undoCause) {
  public Step {
    undo = undo == null ? Map.of() : Map.copyOf(undo);
  }

  /** One that is not being undone. */
  public Step(
      String action,
      int level,
      State state,
      String object,
      @Nullable String message,
      @Nullable String patch,
      Map<String, String> undo,
      String intendedAt,
      @Nullable String settledAt,
      @Nullable String expiresAt) {
    this(
        action, level, state, object, message, patch, undo, intendedAt, settledAt, expiresAt, null);
  }

  /** Absent from what earlier versions undid: there it stands in the message alone. */
  public enum UndoCause {
    @com.fasterxml.jackson.annotation.JsonProperty("Expired")
    EXPIRED,
    @com.fasterxml.jackson.annotation.JsonProperty("Asked")
    ASKED,
    @com.fasterxml.jackson.annotation.JsonProperty("PolicyDeleted")
    POLICY_DELETED,
    @com.fasterxml.jackson.annotation.JsonProperty("IncidentDeleted")
    INCIDENT_DELETED,
    @com.fasterxml.jackson.annotation.JsonProperty("Uninstalled")
    UNINSTALLED,
    /** The response ended before it was seen to be done. */
    @com.fasterxml.jackson.annotation.JsonProperty("Ended")
    ENDED,
    /** It, or what was done with it. */
    @com.fasterxml.jackson.annotation.JsonProperty("Failed")
    FAILED,
    @com.fasterxml.jackson.annotation.JsonProperty("DidNotHelp")
    DID_NOT_HELP
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
