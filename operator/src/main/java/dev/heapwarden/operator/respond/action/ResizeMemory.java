package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Resize;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.evaluate.Assessments;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Level 3: a higher memory limit, in place, for the pods of the workload that show the leak and are
 * not isolated. The pod template stays as it is. Taken back only while nobody else changed it and
 * while what the container uses fits.
 */
public final class ResizeMemory implements Action {
  /** Pods of one step: what undo needs to know of each stands in the incident. */
  private static final int PODS = 20;

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
    var object = situation.target().workload();
    boolean rollsOut =
        Steps.newest(situation.status(), ActionKind.PATCH_ENVIRONMENT)
            .filter(Steps::hasEffect)
            .isPresent();
    if (rollsOut) {
      return new Plan.Refuse(
          object, "RolledOut: PatchEnvironment replaces the pods, and a resize would go with them");
    }
    var pods = leaking(situation);
    if (pods.isEmpty()) {
      return new Plan.Refuse(object, "NoPodLeaks: no pod in service shows the leak");
    }
    var resizings = new ArrayList<Resizing>();
    for (var pod : pods) {
      var memory = new ContainerMemory(pod, situation.target().container());
      var refusal = memory.refusal().or(() -> tooMuch(situation, memory));
      if (refusal.isPresent()) {
        return new Plan.Refuse(object, refusal.get());
      }
      resizings.add(resizing(situation, memory));
    }
    return tried(situation, pods, resizings);
  }

  private List<Pod> leaking(Situation situation) {
    var target = situation.target();
    return assessments.of(target.uid(), target.container()).stream()
        .filter(assessment -> !assessment.quarantined())
        .filter(
            assessment ->
                switch (assessment.verdict()) {
                  case Verdict.Confirmed _, Verdict.Suspected _ -> true;
                  case Verdict.Healthy _, Verdict.Inconclusive _ -> false;
                })
        .map(Assessment::container)
        .sorted(Comparator.comparing(key -> key.pod()))
        .flatMap(key -> Pods.find(client, situation.namespace(), key.pod(), key.podUid()).stream())
        .limit(PODS)
        .toList();
  }

  private static Optional<String> tooMuch(Situation situation, ContainerMemory memory) {
    var resizing = resizing(situation, memory);
    return Resizing.bytes(resizing.to()) > Resizing.bytes(resizing.from())
        ? Optional.empty()
        : Optional.of(
            "MaxReached: the limit is %s, and the policy's max is %s"
                .formatted(resizing.from(), resize(situation).max()));
  }

  private static Resizing resizing(Situation situation, ContainerMemory memory) {
    var metadata = memory.pod().getMetadata();
    var limit = memory.limit().orElseThrow();
    return new Resizing(
        metadata.getName(), metadata.getUid(), limit, Resizing.target(limit, resize(situation)));
  }

  /** What the API server would refuse is not intended. */
  private Plan tried(Situation situation, List<Pod> pods, List<Resizing> resizings) {
    var object = situation.target().workload();
    var container = situation.target().container();
    var first = resizings.getFirst();
    try {
      new ContainerMemory(pods.getFirst(), container)
          .resize(client, first.to(), situation.fieldManager(), true);
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return new Plan.Refuse(
            object, "NotSupported: this cluster cannot resize pods in place (Kubernetes 1.35 can)");
      }
      throw e;
    }
    var facts = new LinkedHashMap<String, String>();
    resizings.forEach(resizing -> facts.put(resizing.key(), resizing.fact()));
    return new Plan.Do(
        object,
        "raise the memory limit of container %s from %s to %s in %d pods, in place%s"
            .formatted(
                container,
                first.from(),
                first.to(),
                resizings.size(),
                situation.baseline().runtime().equals("JVM")
                    ? "; the largest heap of a JVM is fixed at its start and does not grow with it"
                    : ""),
        """
        apiVersion: v1
        kind: Pod
        spec:
          containers:
          - name: %s
            resources:
              limits:
                memory: %s
        """
            .formatted(container, first.to()),
        facts);
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
    return new LowerMemory(client, assessments).undo(incident, step);
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

  private static Resize resize(Situation situation) {
    return Objects.requireNonNull(situation.respond().intervene().resize(), "no resize");
  }
}
