package dev.heapwarden.probes.target;

import dev.heapwarden.crds.policy.MemoryPolicy;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;

/** Whether a container may be asked for Go's profiles, and where. */
public sealed interface Pprof {
  /** The policy does not speak of it. */
  record NotNamed() implements Pprof {}

  /** The policy names a port, and it must not be asked, or not for this container. */
  record Refused(String reason) implements Pprof {}

  /**
   * On the pod's own address.
   *
   * @param host as it stands in a URI
   */
  record At(String host, int port) implements Pprof {}

  /**
   * Decides for one container. A port belongs to the container that declares it; where none does,
   * to the only container there is, or the only one that the policy names.
   */
  static Pprof of(Pod pod, String container, MemoryPolicy policy) {
    var named = policy.getSpec().observe().pprof();
    if (named == null) {
      return new NotNamed();
    }
    int port = named.port();
    var ip = Optional.ofNullable(pod.getStatus().getPodIP()).orElse("");
    if (ip.isEmpty()) {
      return new Refused("the pod has no address");
    }
    if (Boolean.TRUE.equals(pod.getSpec().getHostNetwork())) {
      return new Refused("the pod has hostNetwork: port " + port + " is the node's, not its own");
    }
    var owner = owner(port, Containers.lasting(pod), policy.getSpec().containers());
    if (owner.isEmpty()) {
      return new Refused(
          "none of the pod's containers declares port %d, and the policy does not name just one"
              .formatted(port));
    }
    return owner.get().equals(container)
        ? new At(ip.contains(":") ? "[" + ip + "]" : ip, port)
        : new Refused("port %d is that of container %s".formatted(port, owner.get()));
  }

  private static Optional<String> owner(
      int port, List<Container> containers, @org.jspecify.annotations.Nullable List<String> names) {
    var declares =
        containers.stream()
            .filter(
                container ->
                    container.getPorts().stream()
                        .anyMatch(declared -> declared.getContainerPort() == port))
            .map(Container::getName)
            .findFirst();
    if (declares.isPresent()) {
      return declares;
    }
    var candidates =
        names != null && !names.isEmpty()
            ? names
            : containers.stream().map(Container::getName).toList();
    return candidates.size() == 1 ? Optional.of(candidates.getFirst()) : Optional.empty();
  }
}
