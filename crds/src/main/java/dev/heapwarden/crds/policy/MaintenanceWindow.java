package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.heapwarden.crds.Durations;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

public record MaintenanceWindow(
    @Required
        @Size(max = 128)
        @ValidationRule(
            value =
                "self.matches('"
                    + MaintenanceWindow.CRON
                    + "') && (self.split(' ')[3] == '?') != (self.split(' ')[5] == '?')",
            message =
                "schedule must be a Quartz cron expression: seconds first, six fields or seven with"
                    + " the year, ? as day of month or as day of week, such as 0 0 2 * * ?")
        @JsonPropertyDescription(
            "Start of the window as a Quartz cron expression, seconds first: 0 0 2 * * ?")
        String schedule,
    @Default("UTC")
        @Size(min = 1, max = 64)
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
  /**
   * Six fields, or seven with the year: the fields of Quartz 2.5's CronExpression. Five-field
   * crontab lines are refused.
   */
  public static final String CRON = "^[0-9*,/-]+( [0-9A-Za-z*?,/#-]+){5}( [0-9*,/-]+)?$";

  public MaintenanceWindow {
    timeZone = timeZone == null ? "UTC" : timeZone;
    levels = levels == null ? List.of(2, 3) : List.copyOf(levels);
  }
}
