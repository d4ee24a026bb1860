package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.evaluate.Assessments;
import dev.heapwarden.operator.respond.journal.ActionKind;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Level 3: a higher memory limit, in place, for the pods of the workload that show the leak and are
 * not isolated, whatever kind that is. The pod template stays as it is. Taken back only while
 * nobody else changed it and while what the container uses fits.
 */
public final class ResizeMemory implements Action {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** The kubelet writes a pod's status at any moment. */
  private static final int TRIES = 5;

  private final KubernetesClient client;
  private final Assessments assessments;

  /** By pod, as {@link LowerMemory} needs it. */
  private final Map<String, Instant> missedSince = new ConcurrentHashMap<>();

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

  /** One pod is enough: it is to be undone, whatever became of the others. */
  @Override
  public boolean isActed(Situation situation, Step step) {
    return Resizing.of(step).stream()
        .anyMatch(
            resizing ->
                find(situation, resizing)
                    .filter(memory -> memory.limit().filter(resizing::isTo).isPresent())
                    .filter(memory -> memory.isOf(situation.fieldManager()))
                    .isPresent());
  }

  /** What could not be resized beside others that were is found by looking. */
  @Override
  public Acted act(Situation situation, Step step) {
    boolean any = false;
    Optional<Acted> again = Optional.empty();
    var refusals = new ArrayList<String>();
    for (var resizing : Resizing.of(step)) {
      Acted acted;
      try {
        acted = act(situation, resizing);
      } catch (KubernetesClientException e) {
        if (!any) {
          throw e;
        }
        break;
      }
      switch (acted) {
        case Acted.Yes _ -> any = true;
        case Acted.Again _ -> again = Optional.of(acted);
        case Acted.No(var reason) -> refusals.add(reason);
        case Acted.Owned(var reason) -> refusals.add(reason);
      }
    }
    return any ? new Acted.Yes() : again.orElseGet(() -> new Acted.No(String.join("; ", refusals)));
  }

  private Acted act(Situation situation, Resizing resizing) {
    for (int tries = 0; tries < TRIES; tries++) {
      var memory = find(situation, resizing);
      if (memory.isEmpty()) {
        return new Acted.No("pod %s is gone".formatted(resizing.pod()));
      }
      var limit = memory.get().limit();
      if (limit.filter(resizing::isTo).isPresent()) {
        return new Acted.Yes();
      }
      if (limit.filter(resizing::isFrom).isEmpty()) {
        return new Acted.No("somebody else changed the limit of pod " + resizing.pod());
      }
      if (!isStillWanted(situation, resizing)) {
        return new Acted.No("the policy changed after this was intended");
      }
      if (memory.get().resize(client, resizing.to(), situation.fieldManager(), false)) {
        return new Acted.Yes();
      }
    }
    return new Acted.Again("pod %s changed while it was to be resized".formatted(resizing.pod()));
  }

  private Optional<ContainerMemory> find(Situation situation, Resizing resizing) {
    return Pods.find(client, situation.namespace(), resizing.pod(), resizing.uid())
        .map(pod -> new ContainerMemory(pod, situation.target().container()));
  }

  /** What stands in a status is a record, never an order: the policy says what is done. */
  private static boolean isStillWanted(Situation situation, Resizing resizing) {
    var resize = situation.respond().intervene().resize();
    return resize != null && resizing.isTo(Resizing.target(resizing.from(), resize));
  }

  /** A pod that has another limit is left with it: it was not resized, or is somebody else's. */
  @Override
  public Seen look(Situation situation, Step step) {
    var resizings = Resizing.of(step);
    int resized = 0;
    var left = new ArrayList<String>();
    for (var resizing : resizings) {
      var found = find(situation, resizing);
      if (found.isEmpty()) {
        continue;
      }
      var memory = found.get();
      var limit = memory.limit();
      if (limit.filter(resizing::isTo).isEmpty()) {
        left.add(
            "; pod %s has %s"
                .formatted(resizing.pod(), limit.map(Quantity::toString).orElse("none")));
        continue;
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
    if (resized == 0) {
      return new Seen.Failed(
          left.isEmpty()
              ? "PodGone: the resized pods went away"
              : "no pod has the higher limit" + String.join("", left));
    }
    return new Seen.Done(
        "%s: %d of %d pods have it%s"
            .formatted(step.message(), resized, resizings.size(), String.join("", left)));
  }

  @Override
  public Seen undo(LeakIncident incident, Step step, Instant now) {
    return new LowerMemory(client, assessments, missedSince).undo(incident, step, now);
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
