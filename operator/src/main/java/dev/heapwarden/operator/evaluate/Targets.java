package dev.heapwarden.operator.evaluate;

import dev.heapwarden.detection.sample.ContainerKey;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The running containers of a pod: those of its life, and the sidecars among its init containers.
 */
final class Targets {
  private Targets() {}

  /**
   * Lists them.
   *
   * @param names to which the policy restricts itself; empty for all
   */
  static List<ContainerKey> of(Pod pod, List<String> names) {
    var status = pod.getStatus();
    var sidecars =
        pod.getSpec().getInitContainers().stream()
            .filter(container -> "Always".equals(container.getRestartPolicy()))
            .map(Container::getName)
            .collect(Collectors.toSet());
    return Stream.concat(
            status.getContainerStatuses().stream(),
            status.getInitContainerStatuses().stream()
                .filter(container -> sidecars.contains(container.getName())))
        .filter(container -> names.isEmpty() || names.contains(container.getName()))
        .filter(Targets::running)
        .map(container -> key(pod, container))
        .toList();
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
