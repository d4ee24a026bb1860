package dev.heapwarden.operator.evaluate;

import dev.heapwarden.detection.sample.ContainerKey;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.stream.Stream;

/** The running containers of a pod, native sidecars among them, as their agent knows them. */
final class Targets {
  private Targets() {}

  /**
   * Lists them.
   *
   * @param names to which the policy restricts itself; empty for all
   */
  static List<ContainerKey> of(Pod pod, List<String> names) {
    return Stream.concat(pod.getStatus().getContainerStatuses().stream(), sidecars(pod))
        .filter(container -> names.isEmpty() || names.contains(container.getName()))
        .filter(Targets::running)
        .map(container -> key(pod, container))
        .toList();
  }

  /** Init containers that are restarted for as long as the pod lives. */
  private static Stream<ContainerStatus> sidecars(Pod pod) {
    var names =
        pod.getSpec().getInitContainers().stream()
            .filter(container -> "Always".equals(container.getRestartPolicy()))
            .map(Container::getName)
            .toList();
    return pod.getStatus().getInitContainerStatuses().stream()
        .filter(status -> names.contains(status.getName()));
  }

  private static boolean running(ContainerStatus container) {
    return container.getContainerID() != null
        && container.getState() != null
        && container.getState().getRunning() != null;
  }

  private static ContainerKey key(Pod pod, ContainerStatus container) {
    var id = container.getContainerID();
    var scheme = id.indexOf("://");
    return new ContainerKey(
        pod.getMetadata().getNamespace(),
        pod.getMetadata().getName(),
        pod.getMetadata().getUid(),
        container.getName(),
        scheme < 0 ? id : id.substring(scheme + 3));
  }
}
