package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

@ValidationRule(
    value =
        "(has(self.options) && size(self.options) > 0)"
            + " || (has(self.stringDeduplicationStatistics) && self.stringDeduplicationStatistics)",
    message = "jvm must set at least one option or stringDeduplicationStatistics")
public record JvmSettings(
    @Size(max = JvmOptions.COUNT)
        @ValidationRule(
            value = JvmOptions.NO_PRINT_STATISTICS,
            message = JvmOptions.PRINT_STATISTICS_MESSAGE)
        @ValidationRule(value = JvmOptions.VALID, message = JvmOptions.MESSAGE)
        @ValidationRule(
            value = JvmOptions.ONE_COLLECTOR,
            message = JvmOptions.ONE_COLLECTOR_MESSAGE)
        @JsonPropertyDescription(
            "JVM options from the allow-list, such as -XX:MaxGCPauseMillis=150. Each is checked"
                + " against the JVM in the pod before it is set.")
        List<@Size(max = JvmOptions.LENGTH) String> options,
    @Default("false")
        @JsonPropertyDescription(
            "Prints what string deduplication saves: -XX:+UseStringDeduplication"
                + " -Xlog:stringdedup*=debug.")
        Boolean stringDeduplicationStatistics) {
  public JvmSettings {
    options = options == null ? List.of() : List.copyOf(options);
    stringDeduplicationStatistics =
        stringDeduplicationStatistics != null && stringDeduplicationStatistics;
  }
}
