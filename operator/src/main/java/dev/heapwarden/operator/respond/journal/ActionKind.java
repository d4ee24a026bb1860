package dev.heapwarden.operator.respond.journal;

import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.operator.report.Reason;

/** What a step of an incident can be. */
public enum ActionKind {
  DIAGNOSE("Diagnose", 1, Phase.DIAGNOSING, Reason.SNAPSHOT_REQUESTED, Reason.SNAPSHOT_TAKEN),
  ISOLATE("Isolate", 2, Phase.ISOLATING, Reason.STEP_INTENDED, Reason.POD_ISOLATED),
  DIAGNOSE_ISOLATED(
      "DiagnoseIsolated", 2, Phase.ISOLATING, Reason.SNAPSHOT_REQUESTED, Reason.SNAPSHOT_TAKEN),
  SAMPLE_INSTANCES(
      "SampleInstances", 2, Phase.ISOLATING, Reason.SNAPSHOT_REQUESTED, Reason.SNAPSHOT_TAKEN),
  RELIEVE("Relieve", 3, Phase.INTERVENING, Reason.SNAPSHOT_REQUESTED, Reason.MEMORY_RELIEVED),
  PATCH_ENVIRONMENT(
      "PatchEnvironment", 3, Phase.INTERVENING, Reason.STEP_INTENDED, Reason.ENVIRONMENT_PATCHED),
  ADD_REPLICAS("AddReplicas", 3, Phase.INTERVENING, Reason.STEP_INTENDED, Reason.REPLICAS_ADDED),
  RESTART("Restart", 3, Phase.INTERVENING, Reason.STEP_INTENDED, Reason.PODS_RESTARTED),
  RESIZE_MEMORY("ResizeMemory", 3, Phase.INTERVENING, Reason.STEP_INTENDED, Reason.MEMORY_RESIZED),
  VERIFY("Verify", 3, Phase.VERIFYING, Reason.STEP_INTENDED, Reason.LEAK_MITIGATED);

  private final String text;
  private final int level;
  private final Phase phase;
  private final Reason intended;
  private final Reason done;

  ActionKind(String text, int level, Phase phase, Reason intended, Reason done) {
    this.text = text;
    this.level = level;
    this.phase = phase;
    this.intended = intended;
    this.done = done;
  }

  /** As it stands in {@code status.steps[].action}. */
  public String text() {
    return text;
  }

  public int level() {
    return level;
  }

  public Phase phase() {
    return phase;
  }

  public Reason intended() {
    return intended;
  }

  public Reason done() {
    return done;
  }

  /** True for what level 3 changes, and Verify judges. */
  public boolean intervenes() {
    return switch (this) {
      case DIAGNOSE, ISOLATE, DIAGNOSE_ISOLATED, SAMPLE_INSTANCES, RELIEVE, VERIFY -> false;
      case PATCH_ENVIRONMENT, ADD_REPLICAS, RESTART, RESIZE_MEMORY -> true;
    };
  }

  /** True when it changes the workload: such a step counts against the budget and has an undo. */
  public boolean changesWorkload() {
    return switch (this) {
      case DIAGNOSE, DIAGNOSE_ISOLATED, SAMPLE_INSTANCES, RELIEVE, VERIFY -> false;
      case ISOLATE, PATCH_ENVIRONMENT, ADD_REPLICAS, RESTART, RESIZE_MEMORY -> true;
    };
  }

  /** True when what it did stays until it is taken back: a restart is over once it is done. */
  public boolean lasts() {
    return changesWorkload() && this != RESTART;
  }
}
