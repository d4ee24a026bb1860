package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.Schedules;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

public record MaintenanceWindow(
    @Required
        @Size(max = Schedules.LENGTH)
        @ValidationRule(value = Schedules.VALID, message = Schedules.MESSAGE)
        @JsonPropertyDescription(
            "Start of the window as a Quartz cron expression, seconds first: 0 0 2 * * ?")
        String schedule,
    @Default(Schedules.ZONE)
        @Size(min = 1, max = Schedules.ZONE_LENGTH)
        @JsonPropertyDescription("Time zone of the schedule, such as Europe/Berlin.")
        String timeZone,
    @Required
        @Size(max = Durations.LENGTH)
        @ValidationRule(value = Durations.VALID, message = Durations.MESSAGE)
        @JsonPropertyDescription("Length of the window, such as 2h.")
        String duration,
    @Size(min = 1, max = 2)
        @ValidationRule(
            value = "self.all(l, l >= 2 && l <= 3)",
            message = "levels of a maintenance window are 2 and 3")
        @JsonPropertyDescription("Levels that wait for the window. Default: 2 and 3.")
        List<Integer> levels) {
  public MaintenanceWindow {
    timeZone = timeZone == null ? Schedules.ZONE : timeZone;
    levels = levels == null ? List.of(2, 3) : List.copyOf(levels);
  }
}
