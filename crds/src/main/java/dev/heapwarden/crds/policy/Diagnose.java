package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.heapwarden.crds.Durations;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

public record Diagnose(
    @Default(Diagnose.WINDOW)
        @Size(max = Durations.LENGTH)
        @ValidationRule(
            value =
                Durations.VALID
                    + " && duration(self) >= duration('1s') && duration(self) <= duration('60s')",
            message = "diagnose.window must be a duration between 1s and 60s")
        @JsonPropertyDescription("How long the expensive probes of a snapshot look, such as 5s.")
        String window,
    @Default("Never")
        @JsonPropertyDescription(
            "Heap dumps of JVMs, which hold all that a program's memory holds. IfSafe: level 2"
                + " orders one of the JVM that it isolated, and a MemorySnapshot may ask for one of"
                + " a pod in service, which is taken where the pause that is forecast fits its"
                + " probes and another pod of its owner is ready. Never: none is ordered, and a"
                + " MemorySnapshot gets one of an isolated pod only.")
        HeapDumps heapDump,
    @JsonPropertyDescription(
            "How long snapshots of this policy and its incidents are kept, and how much of them:"
                + " beyond it they are deleted, and their artefacts on the nodes with them, the"
                + " oldest first. Those of an incident that is open stay, and so do those that a"
                + " person made. Default: as long as the incident or the policy.")
        @Nullable SnapshotRetention retention) {
  public static final String WINDOW = "5s";

  public Diagnose {
    window = window == null ? WINDOW : window;
    heapDump = heapDump == null ? HeapDumps.NEVER : heapDump;
  }

  /** Without heap dumps. */
  public Diagnose(String window) {
    this(window, HeapDumps.NEVER);
  }

  /** With snapshots that are kept as long as their owner. */
  public Diagnose(String window, HeapDumps heapDump) {
    this(window, heapDump, null);
  }

  static Diagnose defaults() {
    return new Diagnose(WINDOW);
  }
}
