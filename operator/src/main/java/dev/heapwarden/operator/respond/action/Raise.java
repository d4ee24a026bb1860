package dev.heapwarden.operator.respond.action;

import static java.util.stream.Collectors.joining;

import dev.heapwarden.crds.policy.Resize;
import dev.heapwarden.operator.evaluate.Assessments;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which pods get how much more memory, of whatever owner: nobody has to roll anything out or make a
 * pod anew. What cannot be resized, such as a static pod, the API server refuses. Looks only.
 */
record Raise(KubernetesClient client, Assessments assessments) {
  /** Pods of one step: what undo needs to know of each stands in the incident. */
  private static final int PODS = 20;

  Plan plan(Situation situation) {
    var object = situation.target().workload();
    var replaced = Replaced.by(situation.status());
    if (replaced.isPresent()) {
      return new Plan.Refuse(
          object,
          "RolledOut: %s replaces the pods, and a resize would go with them"
              .formatted(replaced.get().text()));
    }
    var pods =
        LeakingPods.of(client, assessments, situation).stream()
            .sorted(Comparator.comparing(leaking -> leaking.pod().getMetadata().getName()))
            .map(LeakingPods.Leaking::pod)
            .limit(PODS)
            .toList();
    if (pods.isEmpty()) {
      return new Plan.Refuse(object, LeakingPods.NONE);
    }
    var can = new ArrayList<ContainerMemory>();
    var cannot = new TreeMap<String, String>();
    for (var pod : pods) {
      var memory = new ContainerMemory(pod, situation.target().container());
      memory
          .refusal()
          .or(() -> tooMuch(situation, memory))
          .ifPresentOrElse(
              refusal -> cannot.put(pod.getMetadata().getName(), refusal), () -> can.add(memory));
    }
    return can.isEmpty()
        ? new Plan.Refuse(object, cannot.values().iterator().next())
        : tried(situation, can, cannot);
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
  private Plan tried(
      Situation situation, List<ContainerMemory> can, SortedMap<String, String> cannot) {
    var object = situation.target().workload();
    var container = situation.target().container();
    var resizings = can.stream().map(memory -> resizing(situation, memory)).toList();
    var first = resizings.getFirst();
    try {
      can.getFirst().resize(client, first.to(), situation.fieldManager(), true);
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
        "raise the memory limit of container %s from %s to %s in %d pods, in place%s%s"
            .formatted(
                container,
                first.from(),
                first.to(),
                resizings.size(),
                leftOut(cannot),
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

  private static String leftOut(SortedMap<String, String> cannot) {
    return cannot.entrySet().stream()
        .map(pod -> "; not pod %s: %s".formatted(pod.getKey(), pod.getValue()))
        .collect(joining());
  }

  private static Resize resize(Situation situation) {
    return Objects.requireNonNull(situation.respond().intervene().resize(), "no resize");
  }
}
