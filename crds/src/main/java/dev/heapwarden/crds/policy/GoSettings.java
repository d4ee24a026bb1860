package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@ValidationRule(
    value =
        "has(self.memoryLimitPercent) || has(self.gcPercent) || (has(self.debug) &&"
            + " size(self.debug) > 0)",
    message = "go must set at least one of memoryLimitPercent, gcPercent and debug")
@ValidationRule(
    value = "!has(self.gcCpuPercent) || has(self.gcPercent)",
    message = "gcCpuPercent bounds what gcPercent may cost: set that too")
public record GoSettings(
    @Min(50)
        @Max(95)
        @JsonPropertyDescription(
            "GOMEMLIMIT as a percentage of the container's memory limit; a container without a"
                + " limit gets none.")
        @Nullable Integer memoryLimitPercent,
    @Min(5)
        @Max(400)
        @JsonPropertyDescription(
            "GOGC: growth of the heap in percent that starts a collection. Go's default is 100.")
        @Nullable Integer gcPercent,
    @Min(1)
        @Max(100)
        @JsonPropertyDescription(
            "What collections may take by forecast, in percent of the container's CPU limit, of one"
                + " CPU without one. Where gcPercent would take more, 5, 20 or 50 is set instead, the"
                + " lowest above it that does not; without a forecast none. Absent: gcPercent is set"
                + " whatever it takes.")
        @Nullable Integer gcCpuPercent,
    @Size(max = 8)
        @ValidationRule(
            value = "!self.exists(k, " + GoSettings.DEFAULTS + ")",
            message =
                "gcstoptheworld=0 and, on Linux, madvdontneed=1 are Go's defaults and do nothing")
        @ValidationRule(
            value = "self.all(k, k in ['gctrace', 'scavtrace'] || " + GoSettings.DEFAULTS + ")",
            message = "GODEBUG option off the allow-list: gctrace, scavtrace")
        @ValidationRule(
            value = "self.all(k, self[k] in ['0', '1', '2'])",
            message = "a GODEBUG option takes 0, 1 or 2")
        @JsonPropertyDescription("GODEBUG options from the allow-list: gctrace, scavtrace.")
        @Nullable Map<String, String> debug) {
  public GoSettings withGcPercent(@Nullable Integer percent) {
    return new GoSettings(memoryLimitPercent, percent, gcCpuPercent, debug);
  }

  /** CEL for an option k that says what Go does anyway: it has a message of its own. */
  static final String DEFAULTS =
      "(k == 'gcstoptheworld' && self[k] == '0' || k == 'madvdontneed' && self[k] == '1')";
}
