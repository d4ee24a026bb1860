package dev.heapwarden.crds.incident;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/**
 * What a container left that ended although it should have run on. What it wrote stays in
 * snapshots.
 */
public record Crash(
    @JsonPropertyDescription("Name of the pod.") String pod,
    @JsonPropertyDescription("When it ended, ISO 8601.") String at,
    @JsonPropertyDescription("As the kubelet says, such as OOMKilled or Error.") String reason,
    @JsonPropertyDescription("Exit code; 137 where the kernel killed it.") int exitCode,
    @JsonPropertyDescription(
            "What its termination message was recognised as, such as OutOfMemoryError or"
                + " ConcurrentMapAccess; the message itself is kept nowhere. With"
                + " terminationMessagePolicy FallbackToLogsOnError it is the end of the log.")
        @Nullable String kind,
    @JsonPropertyDescription("What was last measured of the leak before it ended.")
        @Nullable String lastSeen,
    @JsonPropertyDescription("The last MemorySnapshot of the leak before it ended.")
        @Nullable String snapshot,
    @JsonPropertyDescription(
            "The MemorySnapshot with the end of its log, in modes Approve and Enforce; absent until"
                + " the container runs again.")
        @Nullable String log) {

  /** The same, with its log. */
  public Crash with(String snapshotOfItsLog) {
    return new Crash(pod, at, reason, exitCode, kind, lastSeen, snapshot, snapshotOfItsLog);
  }

  /** Of how many an incident knows at most. */
  public static final int LIMIT = 10;
}
