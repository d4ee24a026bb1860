package dev.heapwarden.operator.respond;

import dev.heapwarden.operator.respond.journal.ActionKind;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What docs/actions.md says of each action: a kind that is added must be described here. */
final class ActionTable {
  private ActionTable() {}

  /**
   * One action.
   *
   * @param touches what it changes, or asks for
   * @param declines what has it refused, or only suggested, besides the guards of every action
   * @param undo how it is taken back
   * @param permissions as the rows of docs/rbac.md name them, resource and verbs
   */
  record Row(String touches, String declines, String undo, List<String> permissions) {}

  static String markdown() {
    return Arrays.stream(ActionKind.values())
        .map(kind -> line(kind, of(kind)))
        .collect(Collectors.joining());
  }

  static Row of(ActionKind kind) {
    return switch (kind) {
      case DIAGNOSE ->
          new Row(
              "a MemorySnapshot of the container that leaks, taken by its node's agent; what would"
                  + " stop the process for long is left out, with the reason",
              "tried a second time where it fails; without evidence nothing else is done",
              "none: nothing is changed",
              List.of("memorysnapshots get, list, watch, create, delete"));
      case ISOLATE ->
          new Row(
              "labels of the one pod that shows most, as few as take it out of all its Services;"
                  + " its ReplicaSet replaces it; with `isolate.denyNetwork` also a NetworkPolicy"
                  + " of the incident that selects it by its quarantine label and lets nothing in"
                  + " or out",
              "refused: LastReadyReplica, OwnerCannotReplace, NoLabelToChange, AlreadyIsolated,"
                  + " PodGone; waits up to five minutes for what a PodDisruptionBudget allows, and while"
                  + " its node is short of memory, disk or processes (NodePressure)",
              "its labels as they were, the surplus pod is the ReplicaSet's to delete, the"
                  + " NetworkPolicy is deleted; by itself after `isolate.ttl`, when the pod is"
                  + " deleted",
              List.of(
                  "services, endpointslices list",
                  "poddisruptionbudgets list",
                  "nodes get",
                  "pods patch, delete",
                  "networkpolicies get, create, delete"));
      case DIAGNOSE_ISOLATED ->
          new Row(
              "a MemorySnapshot of the isolated pod with what level 1 refused of it, since it would"
                  + " have stood still for too long while it served: ClassHistogram, ThreadDump,"
                  + " Smaps; until that is over a PodDisruptionBudget of the incident keeps the"
                  + " isolated pod from being evicted",
              "left out where level 1 refused none of them; refused again where its liveness probe"
                  + " would notice; nothing waits for it",
              "the budget is deleted; by itself once the snapshot has ended",
              List.of("poddisruptionbudgets get, create, delete"));
      case SAMPLE_INSTANCES ->
          new Row(
              "a MemorySnapshot that says who holds the class that grows, of the isolated JVM, or"
                  + " where it takes half a second at most; with `diagnose.heapDump: IfSafe` also a"
                  + " heap dump of it; until that is over a PodDisruptionBudget of the incident keeps"
                  + " the isolated pod from being evicted",
              "refused where no class is known and no heap dump is wanted; nothing waits for it",
              "the budget is deleted; by itself once the snapshot has ended",
              List.of("poddisruptionbudgets get, create, delete"));
      case RELIEVE ->
          new Row(
              "a MemorySnapshot for each JVM that leaks and serves, ten at most, one after the"
                  + " other, which asks it for what `intervene.relieve` names: a full collection"
                  + " (CollectGarbage), freed native memory (TrimNativeHeap); what it gave back is"
                  + " in the step; each only where it stands still for no longer than a probe of"
                  + " the pod would notice",
              "refused: OnlyJvms, NoPodLeaks; left out once another intervention has begun",
              "none: nothing is changed",
              List.of());
      case PATCH_ENVIRONMENT ->
          new Row(
              "variables of one container in the Deployment's pod template (GOMEMLIMIT, GOGC,"
                  + " GODEBUG; JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS), by server-side apply with a"
                  + " field manager of the incident's own, never forced; one rollout",
              "suggested with its patch: Owned (a value of somebody else, of a ConfigMap, a Secret"
                  + " or the image; Argo CD or Flux keeps the Deployment), Recreate, NotRepeated;"
                  + " refused: FlagsNotChecked, FlagRefused, GcCost, Disruption, Paused,"
                  + " OnlyDeployments",
              "an apply that names nothing more: the API server removes what this manager alone"
                  + " owns; by itself after `intervene.ttl`, when it does not help, or when the"
                  + " rollout is not ready in time",
              List.of("deployments patch", "poddisruptionbudgets list"));
      case ADD_REPLICAS ->
          new Row(
              "the Deployment's replicas, through `/scale`, or the minReplicas of the"
                  + " HorizontalPodAutoscaler that decides on them, never above its maxReplicas;"
                  + " either fenced by resourceVersion",
              "suggested with its patch: Owned (whoever applies the number, a chart that names it,"
                  + " Argo CD, Flux, what makes the autoscaler), NotRepeated; refused: MaxReached,"
                  + " ScaledToZero, AmbiguousSelector, OnlyDeployments",
              "the number that was there, only while nobody else has set it since; by itself as"
                  + " above",
              List.of("deployments/scale update", "horizontalpodautoscalers list, patch"));
      case RESTART ->
          new Row(
              "the running pods that leak, one after the other, oldest first, by the Eviction API,"
                  + " which holds their PodDisruptionBudgets; their owner makes them again"
                  + " (Deployment, ReplicaSet, StatefulSet, DaemonSet; Helm, Argo CD and Flux see no"
                  + " change); the next one when as many as there shall be are ready again; asked"
                  + " for by `intervene.restart`",
              "refused: RolledOut (PatchEnvironment makes the pods anew), TooYoung,"
                  + " LastReadyReplica, OwnerCannotReplace, SeveralBudgets; waits up to five"
                  + " minutes for NotAvailable, RolloutUnderWay and what a PodDisruptionBudget"
                  + " allows; stops where a successor is not ready within six minutes",
              "none: what is restarted stays so; asked for half-way, no further pod goes",
              List.of("pods/eviction create", "poddisruptionbudgets list"));
      case RESIZE_MEMORY ->
          new Row(
              "the memory limit of the container in the running pods that leak, in place, through"
                  + " `/resize`, whatever owns them",
              "refused: RolledOut, MaxReached, NoMemoryLimit, RestartRequired, NotSupported",
              "the limit that was there, where what the container uses by now fits below it; by"
                  + " itself as above",
              List.of("pods/resize update"));
      case VERIFY ->
          new Row(
              "nothing: compares the growth of containers that run with the change with that"
                  + " before",
              "without an intervention in force there is nothing to verify",
              "takes back the interventions that did not help",
              List.of());
    };
  }

  private static String line(ActionKind kind, Row row) {
    return "| `%s` | %d | %s | %s | %s | %s |\n"
        .formatted(
            kind.text(),
            kind.level(),
            row.touches(),
            row.declines(),
            row.undo(),
            row.permissions().isEmpty() ? "none of its own" : String.join("; ", row.permissions()));
  }
}
