package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.heapwarden.crds.Durations;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

public record Respond(
    @Default("Observe")
        @JsonPropertyDescription(
            "Observe opens incidents and does nothing else; DryRun says what it would do; Approve asks for each level; Enforce acts.")
        Mode mode,
    @Default("1")
        @Min(1)
        @Max(3)
        @JsonPropertyDescription("Highest level allowed: 1 diagnose, 2 isolate, 3 intervene.")
        Integer maxLevel,
    @Default("{}") @JsonPropertyDescription("Level 1.") Diagnose diagnose,
    @Default("{}") @JsonPropertyDescription("Level 2.") Isolate isolate,
    @Default("{}") @JsonPropertyDescription("Level 3.") Intervene intervene,
    @Default("{}") @JsonPropertyDescription("How much may be done in all.") Limits limits,
    @Default(Respond.COOLDOWN)
        @Pattern(Durations.PATTERN)
        @JsonPropertyDescription(
            "After an incident of a workload ends, the time before actions on the next one, such as 30m.")
        String cooldown,
    @Size(max = 16)
        @JsonPropertyDescription("When the levels named may be carried out. Default: at any time.")
        @Nullable List<MaintenanceWindow> maintenanceWindows) {
  public static final String COOLDOWN = "30m";

  public Respond {
    mode = mode == null ? Mode.OBSERVE : mode;
    maxLevel = maxLevel == null ? 1 : maxLevel;
    diagnose = diagnose == null ? Diagnose.defaults() : diagnose;
    isolate = isolate == null ? Isolate.defaults() : isolate;
    intervene = intervene == null ? Intervene.defaults() : intervene;
    limits = limits == null ? Limits.defaults() : limits;
    cooldown = cooldown == null ? COOLDOWN : cooldown;
    maintenanceWindows = maintenanceWindows == null ? List.of() : List.copyOf(maintenanceWindows);
  }

  public static Respond defaults() {
    return new Respond(
        Mode.OBSERVE,
        1,
        Diagnose.defaults(),
        Isolate.defaults(),
        Intervene.defaults(),
        Limits.defaults(),
        COOLDOWN,
        List.of());
  }
}
