package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

public record MemoryPolicyStatus(
    @JsonPropertyDescription("Generation of the spec that this status speaks of.")
        @Nullable Long observedGeneration,
    @PrinterColumn(name = "Pods") @JsonPropertyDescription("Running pods that this policy governs.")
        int pods,
    @PrinterColumn(name = "Containers")
        @JsonPropertyDescription("Containers of those pods that are watched.")
        int containers,
    @PrinterColumn(name = "Attached")
        @JsonPropertyDescription(
            "Containers of which every probe of their runtime is attached, as was seen: a probe"
                + " that bpftrace reported, counters and logs that were read.")
        int attached,
    @PrinterColumn(name = "Suspected") @JsonPropertyDescription("Containers suspected of a leak.")
        int suspected,
    @PrinterColumn(name = "Confirmed") @JsonPropertyDescription("Containers with a confirmed leak.")
        int confirmed,
    @JsonPropertyDescription(
            "One entry per watched container, at most 50; those with a finding or a refusal come"
                + " first.")
        List<ContainerStatus> watched,
    @JsonPropertyDescription(
            "Ready, RulesValid, SignalsSeen, Conflicted, SchedulesValid, LevelsInstalled, BreakerClosed,"
                + " HealthSnapshotsOrdered.")
        List<Condition> conditions,
    @JsonPropertyDescription("When the next health snapshots are due, ISO 8601.")
        @Nullable String nextHealthSnapshot,
    @JsonPropertyDescription(
            "The last actions for this policy: within an hour they count against"
                + " limits.actionsPerHour, also when their incident was deleted.")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<SpentAction> spentActions,
    @PrinterColumn(name = "Overhead", priority = 1)
        @JsonPropertyDescription(
            "What watching costs the container that it costs most, of its CPU time, such as 0.3%.")
        @Nullable String overhead,
    @JsonPropertyDescription(
            "The last responses for this policy that changed the workload and did not help: they"
                + " count against limits.unhelpfulResponses, also when their incident was deleted.")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<UnhelpfulResponse> unhelpfulResponses) {
  /** Entries of {@link #watched} at most. */
  public static final int WATCHED_LIMIT = 50;

  public MemoryPolicyStatus {
    watched = watched == null ? List.of() : List.copyOf(watched);
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
    spentActions = spentActions == null ? List.of() : List.copyOf(spentActions);
    unhelpfulResponses = unhelpfulResponses == null ? List.of() : List.copyOf(unhelpfulResponses);
  }

  /** One of a policy whose responses helped. */
  public MemoryPolicyStatus(
      @Nullable Long observedGeneration,
      int pods,
      int containers,
      int attached,
      int suspected,
      int confirmed,
      List<ContainerStatus> watched,
      List<Condition> conditions,
      @Nullable String nextHealthSnapshot,
      List<SpentAction> spentActions,
      @Nullable String overhead) {
    this(
        observedGeneration,
        pods,
        containers,
        attached,
        suspected,
        confirmed,
        watched,
        conditions,
        nextHealthSnapshot,
        spentActions,
        overhead,
        List.of());
  }

  public record SpentAction(
      @JsonPropertyDescription("UID of the incident.") String incident,
      @JsonPropertyDescription("What was done, as in the incident's steps.") String action,
      @JsonPropertyDescription("When it was done, ISO 8601.") String at) {}

  public record UnhelpfulResponse(
      @JsonPropertyDescription("UID of the incident.") String incident,
      @JsonPropertyDescription("Name of the incident.") String name,
      @JsonPropertyDescription("When it ended, ISO 8601.") String at) {}

  /** The same without what the response wrote down, which is no part of what was observed. */
  public MemoryPolicyStatus observed() {
    return new MemoryPolicyStatus(
        observedGeneration,
        pods,
        containers,
        attached,
        suspected,
        confirmed,
        watched,
        conditions,
        nextHealthSnapshot,
        List.of(),
        overhead);
  }
}
