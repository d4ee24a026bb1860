package dev.heapwarden.probes.target;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.policy.Governing;
import dev.heapwarden.crds.policy.HeapDumps;
import dev.heapwarden.crds.policy.KeyTypes;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.OverheadBudget;
import dev.heapwarden.detection.sample.ContainerKey;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** Which containers are watched, and for which policy. A pure function of pods and policies. */
public final class Selection {
  private Selection() {}

  /** The running containers that policies select. */
  public static List<WatchedContainer> watched(
      Collection<Pod> pods, Collection<MemoryPolicy> policies) {
    return pods.stream()
        .flatMap(
            pod ->
                Governing.policy(pod, policies).stream().flatMap(policy -> containers(pod, policy)))
        .toList();
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
        Offers.of(pod, status.getName(), policy),
        OverheadBudget.share(observe.overheadBudget()),
        KeyTypes.of(observe),
        policy.getSpec().respond().diagnose().heapDump() == HeapDumps.IF_SAFE);
  }
}
