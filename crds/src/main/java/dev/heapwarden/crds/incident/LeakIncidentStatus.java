package dev.heapwarden.crds.incident;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The durable record of an incident. The columns come first because `kubectl get` shows them;
 * {@link #finding} evolves, {@link #steps} only grow and settle.
 */
public record LeakIncidentStatus(
    @PrinterColumn(name = "Workload")
        @JsonPropertyDescription("Kind and name of the workload, such as deployment/checkout.")
        String workload,
    @PrinterColumn(name = "Container") @JsonPropertyDescription("Name of the container.")
        String container,
    @PrinterColumn(name = "Verdict", priority = 1)
        @JsonPropertyDescription("Suspected or Confirmed.")
        String verdict,
    @PrinterColumn(name = "Layer") @JsonPropertyDescription("Application, Runtime or Kernel.")
        String layer,
    @PrinterColumn(name = "Growth")
        @JsonPropertyDescription("Growth as people read it, such as 42 MiB/h.")
        String growth,
    @PrinterColumn(name = "Limit-In")
        @JsonPropertyDescription(
            "Time until the memory limit is reached at this growth, such as 3h20m; - without a"
                + " limit.")
        String limitIn,
    @PrinterColumn(name = "Site")
        @JsonPropertyDescription("The function that writes what grows; - while unknown.")
        String site,
    @PrinterColumn(name = "Level")
        @JsonPropertyDescription("Highest level carried out so far, 0 to 3.")
        int level,
    @PrinterColumn(name = "Phase") @JsonPropertyDescription("Where the response stands.")
        Phase phase,
    @JsonPropertyDescription("Why nothing happens now, or what is waited for.")
        @Nullable String waitingFor,
    @JsonPropertyDescription("The finding as of the last evaluation that said something.")
        @Nullable Finding finding,
    @JsonPropertyDescription(
            "The finding as it was when the response began: what Verify compares with.")
        @Nullable Finding baseline,
    @JsonPropertyDescription("What was intended and done, in order.") List<Step> steps,
    @JsonPropertyDescription("What happened, newest last, at most 40 lines.")
        List<TimelineEntry> timeline,
    @JsonPropertyDescription("When a confirmed leak was first seen, ISO 8601.") String openedAt,
    @JsonPropertyDescription("When the incident ended, ISO 8601.") @Nullable String endedAt,
    @JsonPropertyDescription("What Verify found, with its figures.") @Nullable String outcome,
    @JsonPropertyDescription(
            "The last incident of the same container of the same workload. What did not help then"
                + " is only suggested now.")
        @Nullable Predecessor predecessor,
    @JsonPropertyDescription("Containers of the leak that crashed, newest last, at most 10.")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<Crash> crashes) {
  /** Lines of {@link #timeline} at most. */
  public static final int TIMELINE_LIMIT = 40;

  public LeakIncidentStatus {
    steps = steps == null ? List.of() : List.copyOf(steps);
    timeline = timeline == null ? List.of() : List.copyOf(timeline);
    crashes = crashes == null ? List.of() : List.copyOf(crashes);
  }

  /** Of a leak that was not seen before, and of which nothing crashed. */
  public LeakIncidentStatus(
      String workload,
      String container,
      String verdict,
      String layer,
      String growth,
      String limitIn,
      String site,
      int level,
      Phase phase,
      @Nullable String waitingFor,
      @Nullable Finding finding,
      @Nullable Finding baseline,
      List<Step> steps,
      List<TimelineEntry> timeline,
      String openedAt,
      @Nullable String endedAt,
      @Nullable String outcome) {
    this(
        workload,
        container,
        verdict,
        layer,
        growth,
        limitIn,
        site,
        level,
        phase,
        waitingFor,
        finding,
        baseline,
        steps,
        timeline,
        openedAt,
        endedAt,
        outcome,
        null,
        List.of());
  }

  public record Predecessor(
      @JsonPropertyDescription("Name of that incident.") String name,
      @JsonPropertyDescription("How it ended, such as RolledBack.") String phase,
      @JsonPropertyDescription("The function that wrote what grew then; - where it was not found.")
          String site,
      @JsonPropertyDescription("What came of it, with its figures.") @Nullable String outcome) {}

  public record TimelineEntry(
      @JsonPropertyDescription("ISO 8601.") String at,
      @JsonPropertyDescription("As in the Event, such as LeakConfirmed.") String reason,
      @JsonPropertyDescription("What happened, in one sentence.") String message) {}
}
