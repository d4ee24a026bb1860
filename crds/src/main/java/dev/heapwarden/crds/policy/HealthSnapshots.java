package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.heapwarden.crds.Schedules;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

public record HealthSnapshots(
    @Required
        @Size(max = Schedules.LENGTH)
        @ValidationRule(value = Schedules.VALID, message = Schedules.MESSAGE)
        @JsonPropertyDescription(
            "When they are taken, as a Quartz cron expression, seconds first: 0 0 3 * * ?. Each"
                + " time one healthy, ready pod of each watched container of a workload, another"
                + " one than the last time. Two times lie five minutes apart at least. A time that"
                + " daylight saving skips is left out, one that comes twice is taken once, and of"
                + " those that passed while no operator ran one is made up for.")
        String schedule,
    @Default(Schedules.ZONE)
        @Size(min = 1, max = Schedules.ZONE_LENGTH)
        @JsonPropertyDescription("Time zone of the schedule, such as Europe/Berlin.")
        String timeZone,
    @Default("[\"Auto\"]")
        @Size(min = 1, max = 24)
        @ValidationRule(
            value = "self.all(k, k in " + HealthSnapshots.HARMLESS + ")",
            message =
                "only kinds that Auto may take are taken by schedule: others stop the program for"
                    + " long")
        @JsonPropertyDescription(
            "Kinds of evidence. Auto: all that the container's runtime and policy offer.")
        List<SnapshotKind> snapshots,
    @Default("3")
        @Min(1)
        @Max(30)
        @JsonPropertyDescription(
            "How many times are kept: the MemorySnapshots of older ones are deleted, and their"
                + " artefacts with them.")
        Integer keep) {
  /** As a CEL list: Auto and the kinds that it may stand for. None copies the heap. */
  static final String HARMLESS =
      "['Auto', 'MapGrowth', 'KernelMemory', 'NativeAllocations', 'GoHeapProfile',"
          + " 'GoHeapHolders', 'Goroutines', 'MutexProfile', 'MemStats', 'ThreadDump',"
          + " 'ClassHistogram', 'NativeMemory', 'HeapInfo', 'FinalizerInfo', 'Smaps', 'Flags']";

  private static final int KEEP = 3;

  public HealthSnapshots {
    timeZone = timeZone == null ? Schedules.ZONE : timeZone;
    snapshots = snapshots == null ? List.of(SnapshotKind.AUTO) : List.copyOf(snapshots);
    keep = keep == null ? KEEP : keep;
  }
}
