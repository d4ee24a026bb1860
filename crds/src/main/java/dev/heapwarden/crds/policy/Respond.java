package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.heapwarden.crds.Durations;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

public record Respond(
    @Default("Observe")
        @JsonPropertyDescription(
            "Observe opens incidents; DryRun says what it would do; Approve asks for each level;"
                + " Enforce acts. In every mode the classes of a suspected JVM are counted, which"
                + " stops it for half a second at most.")
        Mode mode,
    @Default("1")
        @Min(1)
        @Max(3)
        @JsonPropertyDescription("Highest level allowed: 1 diagnose, 2 isolate, 3 intervene.")
        Integer maxLevel,
    @Default("{}")
        @JsonPropertyDescription("Level 1, diagnose: snapshots of the container that leaks.")
        Diagnose diagnose,
    @Default("{}")
        @JsonPropertyDescription(
            "Level 2, isolate: the pod leaves its Services and stays alive for analysis.")
        Isolate isolate,
    @Default("{}")
        @JsonPropertyDescription(
            "Level 3, intervene: settings of the runtime, more replicas, more memory, a restart of the"
                + " pods that leak.")
        Intervene intervene,
    @Default("{}") @JsonPropertyDescription("How many actions there may be.") Limits limits,
    @Default(Respond.COOLDOWN)
        @Size(max = Durations.LENGTH)
        @ValidationRule(value = Durations.VALID, message = Durations.MESSAGE)
        @JsonPropertyDescription(
            "After an incident of a workload ends, the time before actions on the next one, such as"
                + " 30m.")
        String cooldown,
    @Size(max = 16)
        @JsonPropertyDescription("When levels 2 and 3 may be carried out. Default: at any time.")
        List<MaintenanceWindow> maintenanceWindows,
    @Default(Respond.APPROVAL_TTL)
        @Size(max = Durations.LENGTH)
        @ValidationRule(value = Durations.VALID, message = Durations.MESSAGE)
        @JsonPropertyDescription(
            "In mode Approve: how long an approval holds after it was given, such as 24h.")
        String approvalTtl) {
  public static final String COOLDOWN = "30m";
  public static final String APPROVAL_TTL = "24h";

  public Respond {
    mode = mode == null ? Mode.OBSERVE : mode;
    maxLevel = maxLevel == null ? 1 : maxLevel;
    diagnose = diagnose == null ? Diagnose.defaults() : diagnose;
    isolate = isolate == null ? Isolate.defaults() : isolate;
    intervene = intervene == null ? Intervene.defaults() : intervene;
    limits = limits == null ? Limits.defaults() : limits;
    cooldown = cooldown == null ? COOLDOWN : cooldown;
    maintenanceWindows = maintenanceWindows == null ? List.of() : List.copyOf(maintenanceWindows);
    approvalTtl = approvalTtl == null ? APPROVAL_TTL : approvalTtl;
  }

  /** With approvals that hold as long as by default. */
  public Respond(
      Mode mode,
      Integer maxLevel,
      Diagnose diagnose,
      Isolate isolate,
      Intervene intervene,
      Limits limits,
      String cooldown,
      List<MaintenanceWindow> maintenanceWindows) {
    this(
        mode,
        maxLevel,
        diagnose,
        isolate,
        intervene,
        limits,
        cooldown,
        maintenanceWindows,
        APPROVAL_TTL);
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
