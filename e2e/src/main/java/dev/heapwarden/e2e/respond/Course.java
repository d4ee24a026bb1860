package dev.heapwarden.e2e.respond;

import dev.heapwarden.crds.policy.Intervene;
import dev.heapwarden.crds.policy.Isolate;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.Resize;
import dev.heapwarden.crds.policy.Restart;
import dev.heapwarden.e2e.respond.Boundary.At;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is done about a leak, how it comes to its end, and the effects that each must have.
 *
 * @param end what undoes it
 * @param interventions the steps of level 3 that must be done, in their order
 * @param effects by the audit log: how often each kind of object is changed
 * @param undoEffects and how often by the undo
 */
record Course(
    String name,
    End end,
    Isolate isolate,
    Intervene intervene,
    List<String> interventions,
    Map<String, Integer> effects,
    Map<String, Integer> undoEffects) {
  enum End {
    ASKED_FOR,
    EXPIRED
  }

  private static final String AUTOSCALERS = "horizontalpodautoscalers";
  private static final String RESIZES = "pods/resize";

  static final List<Course> ALL =
      List.of(
          new Course(
              "patched",
              End.ASKED_FOR,
              new Isolate("1h", true),
              Leak.changes(),
              List.of("PatchEnvironment", "AddReplicas"),
              Map.of("pods", 1, "networkpolicies", 1, "deployments", 1, "deployments/scale", 1),
              // And that of the replicas gives up the field.
              Map.of("pods", 1, "networkpolicies", 1, "deployments", 2, "deployments/scale", 1)),
          new Course(
              "restarted",
              End.ASKED_FOR,
              new Isolate("1h"),
              intervene(null, new Restart(Restart.MOST)),
              List.of("Restart"),
              Map.of("pods", 1, "pods/eviction", 2),
              Map.of("pods", 1)),
          new Course(
              "resized",
              End.EXPIRED,
              new Isolate("1h"),
              intervene(new Resize(150, "1Gi"), null),
              List.of("ResizeMemory"),
              Map.of("pods", 1, RESIZES, 2),
              Map.of("pods", 1, RESIZES, 2)),
          new Course(
              "autoscaled",
              End.EXPIRED,
              new Isolate("1h"),
              Leak.changes(),
              List.of("PatchEnvironment", "AddReplicas"),
              Map.of("pods", 1, "deployments", 1, AUTOSCALERS, 1),
              Map.of("pods", 1, "deployments", 1, AUTOSCALERS, 2)));

  /**
   * The least that must have come of so many effects. A resize of several pods that was cut short
   * is kept as it is, and all of it is taken back.
   */
  static int least(String resource, int effects) {
    return resource.equals(RESIZES) ? 1 : effects;
  }

  /** Of a leak: one after the other. */
  static Course of(int leak) {
    return ALL.get(leak % ALL.size());
  }

  private static Intervene intervene(@Nullable Resize resize, @Nullable Restart restart) {
    return new Intervene(null, null, null, resize, restart, List.of(), "24h");
  }

  MemoryPolicy policy() {
    return Leak.policy(Mode.ENFORCE, 3, isolate, intervene);
  }

  boolean isAutoscaled() {
    return effects.containsKey(AUTOSCALERS);
  }

  /** Of the Deployment's template. */
  int rollouts() {
    return interventions.contains("PatchEnvironment") ? 1 : 0;
  }

  /** The steps that must be done, in their order. */
  List<String> steps() {
    return Stream.concat(Stream.of("Diagnose", "Isolate"), interventions.stream()).toList();
  }

  /** Where the operator can be killed in it. */
  Set<Boundary> boundaries() {
    var all = new HashSet<Boundary>();
    // Its evidence is there, and asking for it changes nothing.
    all.addAll(Boundary.of("Diagnose", EnumSet.complementOf(EnumSet.of(At.AFTER_ACTION))));
    all.addAll(Boundary.of("Verify", EnumSet.of(At.BEFORE_INTENT, At.AFTER_INTENT)));
    all.addAll(Boundary.of("Isolate"));
    all.addAll(Boundary.of(Boundary.undo("Isolate")));
    for (var intervention : interventions) {
      all.addAll(Boundary.of(intervention));
      if (!intervention.equals("Restart")) {
        all.addAll(Boundary.of(Boundary.undo(intervention)));
      }
    }
    if (isolate.denyNetwork()) {
      all.add(new Boundary(Boundaries.NETWORK, At.AFTER_ACTION));
      all.add(new Boundary(Boundary.undo(Boundaries.NETWORK), At.AFTER_ACTION));
    }
    return all;
  }
}
