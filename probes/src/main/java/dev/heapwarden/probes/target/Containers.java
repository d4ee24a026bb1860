package dev.heapwarden.probes.target;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.stream.Stream;

/** The containers that live as long as their pod: ordinary ones and native sidecars. */
final class Containers {
  private Containers() {}

  static List<Container> lasting(Pod pod) {
    return Stream.concat(
            pod.getSpec().getContainers().stream(),
            pod.getSpec().getInitContainers().stream().filter(Containers::isSidecar))
        .toList();
  }

  static Stream<ContainerStatus> statuses(Pod pod) {
    var sidecars =
        pod.getSpec().getInitContainers().stream()
            .filter(Containers::isSidecar)
            .map(Container::getName)
            .toList();
    return Stream.concat(
        pod.getStatus().getContainerStatuses().stream(),
        pod.getStatus().getInitContainerStatuses().stream()
            .filter(status -> sidecars.contains(status.getName())));
  }

  /** An init container that is restarted for as long as the pod lives. */
  private static boolean isSidecar(Container init) {
    return "Always".equals(init.getRestartPolicy());
  }
}
