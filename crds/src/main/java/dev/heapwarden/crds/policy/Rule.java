package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/** Either a preset, or a rule of the user's own. */
public record Rule(
    @JsonPropertyDescription("A rule set that comes with Heapwarden.") @Nullable Preset preset,
    @Size(max = 63)
        @Pattern("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")
        @JsonPropertyDescription("Name of the rule, as it appears in findings.")
        @Nullable String name,
    @JsonPropertyDescription("Layer that the rule speaks of. Default: Runtime.")
        @Nullable Layer layer,
    @Size(min = 1, max = 1024)
        @JsonPropertyDescription(
            "CEL over the documented features, such as: live_heap_slope > 1.0 * MB && map_entries >"
                + " 10000.0. A rule of one's own never exceeds Suspected.")
        @Nullable String expression,
    @Min(1)
        @Max(10)
        @JsonPropertyDescription(
            "Disjoint windows in a row in which the expression must hold. Default: 2.")
        @Nullable Integer forWindows) {
  /** Where a rule of the user's own does not say; no default of the schema, or presets had it. */
  public static final int FOR_WINDOWS = 2;

  public enum Preset {
    @com.fasterxml.jackson.annotation.JsonProperty("go")
    GO,
    @com.fasterxml.jackson.annotation.JsonProperty("jvm")
    JVM,
    @com.fasterxml.jackson.annotation.JsonProperty("native")
    NATIVE
  }

  public enum Layer {
    @com.fasterxml.jackson.annotation.JsonProperty("Application")
    APPLICATION,
    @com.fasterxml.jackson.annotation.JsonProperty("Runtime")
    RUNTIME,
    @com.fasterxml.jackson.annotation.JsonProperty("Kernel")
    KERNEL
  }
}
