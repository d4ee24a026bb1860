package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.evaluate.Assessments;
import dev.heapwarden.operator.respond.journal.ActionKind;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;

/**
 * Level 3: a higher memory limit, in place, for the pods of the workload that show the leak and are
 * not isolated. The pod template stays as it is. Taken back only while nobody else changed it and
 * while what the container uses fits.
 */
public final class ResizeMemory implements Action {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final KubernetesClient client;
  private final Assessments assessments;

  public ResizeMemory(KubernetesClient client, Assessments assessments) {
    this.client = client;
    this.assessments = assessments;
  }

  @Override
  public ActionKind kind() {
    return ActionKind.RESIZE_MEMORY;
  }

  @Override
  public boolean isAsked(Situation situation) {
    return situation.respond().intervene().resize() != null;
  }

  @Override
  public Plan plan(Situation situation) {
    return new Raise(client, assessments).plan(situation);
  }

  @Override
  public boolean isActed(Situation situation, Step step) {
    var memories =
        Resizing.of(step).stream()
            .flatMap(
                resizing ->
                    Pods.find(client, situation.namespace(), resizing.pod(), resizing.uid())
                        .map(pod -> new ContainerMemory(pod, situation.target().container()))
                        .map(memory -> Map.entry(resizing, memory))
                        .stream())
            .toList();
    return memories.stream()
            .allMatch(found -> found.getValue().limit().filter(found.getKey()::isTo).isPresent())
        && memories.stream().anyMatch(found -> found.getValue().isOf(situation.fieldManager()));
  }

  @Override
  public Acted act(Situation situation, Step step) {
    boolean any = false;
    var refusals = new ArrayList<String>();
    for (var resizing : Resizing.of(step)) {
      var pod = Pods.find(client, situation.namespace(), resizing.pod(), resizing.uid());
      if (pod.isEmpty()) {
        refusals.add("pod %s is gone".formatted(resizing.pod()));
        continue;
      }
      var memory = new ContainerMemory(pod.get(), situation.target().container());
      var limit = memory.limit();
      if (limit.filter(resizing::isTo).isPresent()) {
        any = true;
      } else if (limit.filter(resizing::isFrom).isEmpty()) {
        refusals.add("somebody else changed the limit of pod " + resizing.pod());
      } else if (!isStillWanted(situation, resizing)) {
        refusals.add("the policy changed after this was intended");
      } else {
        try {
          if (!memory.resize(client, resizing.to(), situation.fieldManager(), false)) {
            return new Acted.Again(
                "pod %s changed while it was to be resized".formatted(resizing.pod()));
          }
          any = true;
        } catch (KubernetesClientException e) {
          if (!any) {
            throw e;
          }
          // One is changed already: what is missing is found by looking, and all are taken back.
          return new Acted.Yes();
        }
      }
    }
    return any ? new Acted.Yes() : new Acted.No(String.join("; ", refusals));
  }

  /** What stands in a status is a record, never an order: the policy says what is done. */
  private static boolean isStillWanted(Situation situation, Resizing resizing) {
    var resize = situation.respond().intervene().resize();
    return resize != null && resizing.isTo(Resizing.target(resizing.from(), resize));
  }

  @Override
  public Seen look(Situation situation, Step step) {
    var resizings = Resizing.of(step);
    int resized = 0;
    for (var resizing : resizings) {
      var pod = Pods.find(client, situation.namespace(), resizing.pod(), resizing.uid());
      if (pod.isEmpty()) {
        continue;
      }
      var memory = new ContainerMemory(pod.get(), situation.target().container());
      if (memory.limit().filter(resizing::isTo).isEmpty()) {
        return new Seen.Failed(
            "the limit of pod %s is not %s any more".formatted(resizing.pod(), resizing.to()));
      }
      var infeasible = memory.condition("PodResizePending", "Infeasible");
      if (infeasible.isPresent()) {
        return new Seen.Failed("pod %s: %s".formatted(resizing.pod(), infeasible.get()));
      }
      if (memory.actual().filter(resizing::isTo).isEmpty()) {
        return new Seen.NotYet("pod %s: %s".formatted(resizing.pod(), memory.kubelet()));
      }
      resized++;
    }
    return resized == 0
        ? new Seen.Failed("PodGone: the resized pods went away")
        : new Seen.Done(
            "%s: %d of %d pods have it".formatted(step.message(), resized, resizings.size()));
  }

  @Override
  public Seen undo(LeakIncident incident, Step step, Instant now) {
    return new LowerMemory(client, assessments).undo(incident, step, now);
  }

  /** By how many bytes each limit is higher, at least. */
  public static long raisedBy(Step step) {
    return Resizing.of(step).stream()
        .mapToLong(resizing -> Resizing.bytes(resizing.to()) - Resizing.bytes(resizing.from()))
        .min()
        .orElse(0);
  }

  @Override
  public Duration patience(Situation situation) {
    return PATIENCE;
  }

  @Override
  public Optional<Duration> timeToLive(Situation situation) {
    return Optional.of(Durations.parse(situation.respond().intervene().ttl()));
  }
}
