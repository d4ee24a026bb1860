package dev.heapwarden.crds.snapshot;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The goroutines of a Go program, by where they were created and hang. */
public record GoroutineReport(
    @JsonPropertyDescription("All of the program, without those of Go's runtime.") long goroutines,
    @JsonPropertyDescription("The largest groups, most goroutines first, at most 10.")
        List<Group> groups,
    @JsonPropertyDescription("Further groups, which are in the artefact only.") int groupsLeftOut) {
  /** Entries of {@link #groups} at most. */
  public static final int GROUPS_LIMIT = 10;

  public GoroutineReport {
    groups = groups == null ? List.of() : List.copyOf(groups);
  }

  public record Group(
      @JsonPropertyDescription(
              "Label of its samples in the artefact: the same in every pod and after a restart.")
          String fingerprint,
      @JsonPropertyDescription("How many there are; an estimate in a program of more than 200,000.")
          long goroutines,
      @JsonPropertyDescription("What they wait for, in Go's words, such as chan receive.")
          String state,
      @JsonPropertyDescription(
              "How they hang: Blocked for a channel, a lock or a semaphore, IdleLoop or RetryLoop;"
                  + " absent where too few have waited for 5 seconds.")
          @Nullable Hang hang,
      @JsonPropertyDescription(
              "Where the go statement is; absent for the first goroutine of a program.")
          @Nullable Place createdAt,
      @JsonPropertyDescription(
              "Innermost call that is not of a library which waits for its caller.")
          @Nullable Place waitsIn,
      @JsonPropertyDescription(
              "How long one of them has waited at most, in seconds; known from the first collection"
                  + " that finds it waiting.")
          @Nullable Long longestWaitSeconds) {}

  public record Place(
      @JsonPropertyDescription("Function, such as main.handle.") String function,
      @JsonPropertyDescription("File and line, such as main.go:42; absent when unknown.")
          @Nullable String location) {
    /** Such as {@code main.handle (main.go:42)}. */
    @Override
    public String toString() {
      return location == null ? function : function + " (" + location + ")";
    }
  }

  public enum Hang {
    @JsonProperty("Blocked")
    BLOCKED,
    @JsonProperty("IdleLoop")
    IDLE_LOOP,
    @JsonProperty("RetryLoop")
    RETRY_LOOP
  }
}
