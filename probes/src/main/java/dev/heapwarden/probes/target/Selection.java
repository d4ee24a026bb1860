package dev.heapwarden.probes.target;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.detection.sample.ContainerKey;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Which containers are watched, and for which policy. A pure function of pods and policies. */
public final class Selection {
  /** The oldest policy wins; of the same second the first by name. */
  private static final Comparator<MemoryPolicy> OLDEST_FIRST =
      Comparator.comparing(
              (MemoryPolicy policy) ->
                  Optional.ofNullable(policy.getMetadata().getCreationTimestamp()).orElse(""))
          .thenComparing(policy -> policy.getMetadata().getName());

  private Selection() {}

  /** The running containers that policies select. */
  public static List<WatchedContainer> watched(
      Collection<Pod> pods, Collection<MemoryPolicy> policies) {
    return pods.stream()
        .flatMap(pod -> policyOf(pod, policies).stream().flatMap(policy -> containers(pod, policy)))
        .toList();
  }

  /**
   * The policy that governs a pod: an isolated pod keeps the one it had, whatever its labels say
   * now.
   */
  static Optional<MemoryPolicy> policyOf(Pod pod, Collection<MemoryPolicy> policies) {
    var namespace = pod.getMetadata().getNamespace();
    var labels = orEmpty(pod.getMetadata().getLabels());
    var here =
        policies.stream().filter(policy -> policy.getMetadata().getNamespace().equals(namespace));
    if (labels.containsKey(Api.QUARANTINE_LABEL)) {
      var name = orEmpty(pod.getMetadata().getAnnotations()).get(Api.POLICY_ANNOTATION);
      return here.filter(policy -> policy.getMetadata().getName().equals(name)).findFirst();
    }
    return here.filter(policy -> LabelMatch.matches(policy.getSpec().selector(), labels))
        .min(OLDEST_FIRST);
  }

  private static Stream<WatchedContainer> containers(Pod pod, MemoryPolicy policy) {
    if (pod.getSpec() == null || pod.getStatus() == null) {
      return Stream.empty();
    }
    var names = policy.getSpec().containers();
    return Containers.statuses(pod)
        .filter(status -> names == null || names.isEmpty() || names.contains(status.getName()))
        .filter(status -> status.getContainerID() != null)
        .filter(status -> status.getState() != null && status.getState().getRunning() != null)
        .map(status -> watched(pod, policy, status));
  }

  private static WatchedContainer watched(Pod pod, MemoryPolicy policy, ContainerStatus status) {
    var observe = policy.getSpec().observe();
    var id = status.getContainerID();
    return new WatchedContainer(
        new ContainerKey(
            pod.getMetadata().getNamespace(),
            pod.getMetadata().getName(),
            pod.getMetadata().getUid(),
            status.getName(),
            id.substring(id.indexOf("://") < 0 ? 0 : id.indexOf("://") + 3)),
        policy.getMetadata().getName(),
        policy.getSpec().runtime(),
        Durations.parse(observe.interval()),
        Instant.parse(status.getState().getRunning().getStartedAt()),
        Pprof.of(pod, status.getName(), policy));
  }

  private static Map<String, String> orEmpty(
      @org.jspecify.annotations.Nullable Map<String, String> labels) {
    return labels == null ? Map.of() : labels;
  }
}
