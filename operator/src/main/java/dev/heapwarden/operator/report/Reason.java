package dev.heapwarden.operator.report;

/** Everything the operator can say in an Event or on a timeline. */
public enum Reason {
  POLICY_CONFLICTED(Type.WARNING),
  RULE_INVALID(Type.WARNING),
  SCHEDULE_INVALID(Type.WARNING),
  HEALTH_SNAPSHOTS_ORDERED(Type.NORMAL),
  HEALTH_SNAPSHOTS_FAILED(Type.WARNING),
  /** A policy asks for a level that the chart was not installed with. */
  LEVEL_NOT_INSTALLED(Type.WARNING),
  /** Too much of what was done for a policy did not help. */
  BREAKER_OPENED(Type.WARNING),
  CONTAINER_CRASHED(Type.WARNING),
  /** A policy is deleted, and what was done under it is undone first. */
  DELETION_WAITS(Type.NORMAL),
  LEAK_SUSPECTED(Type.WARNING),
  LEAK_CONFIRMED(Type.WARNING),
  /** The same container leaked before, and its incident had ended. */
  LEAK_RECURRED(Type.WARNING),
  STEP_PLANNED(Type.NORMAL),
  /** Written down before it is done. */
  STEP_INTENDED(Type.NORMAL),
  AWAITING_APPROVAL(Type.NORMAL),
  HELD_BACK(Type.NORMAL),
  /** An action waits until the leak is seen again. */
  EVIDENCE_STALE(Type.NORMAL),
  SNAPSHOT_REQUESTED(Type.NORMAL),
  SNAPSHOT_TAKEN(Type.NORMAL),
  /** Its policy keeps it no longer. */
  SNAPSHOT_OUTDATED(Type.NORMAL),
  POD_ISOLATED(Type.NORMAL),
  /** JVMs were asked to give memory back. */
  MEMORY_RELIEVED(Type.NORMAL),
  ENVIRONMENT_PATCHED(Type.NORMAL),
  REPLICAS_ADDED(Type.NORMAL),
  PODS_RESTARTED(Type.NORMAL),
  MEMORY_RESIZED(Type.NORMAL),
  STEP_REFUSED(Type.WARNING),
  STEP_SUGGESTED(Type.NORMAL),
  STEP_FAILED(Type.WARNING),
  STEP_UNDONE(Type.NORMAL),
  LEAK_RESOLVED(Type.NORMAL),
  LEAK_MITIGATED(Type.NORMAL),
  /** An intervention was taken back after the incident ended. */
  INTERVENTION_WITHDRAWN(Type.WARNING),
  ROLLED_BACK(Type.WARNING),
  NEEDS_HUMAN(Type.WARNING);

  private final Type type;

  Reason(Type type) {
    this.type = type;
  }

  public Type type() {
    return type;
  }

  /** CamelCase, as Events have it: LeakConfirmed. */
  public String text() {
    return camel(this);
  }

  static String camel(Enum<?> constant) {
    var text = new StringBuilder();
    for (var word : constant.name().split("_", -1)) {
      text.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
    }
    return text.toString();
  }

  public enum Type {
    NORMAL("Normal"),
    WARNING("Warning");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }
}
