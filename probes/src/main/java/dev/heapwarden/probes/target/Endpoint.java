package dev.heapwarden.probes.target;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Whether a container may be asked for what a policy says that it offers, and where. */
public sealed interface Endpoint {
  /** The policy does not speak of it. */
  record NotNamed() implements Endpoint {}

  /** The policy names a port, and it must not be asked. */
  record Refused(String reason) implements Endpoint {}

  /** The port is that of another container of the pod. */
  record OfAnother(int port, String container) implements Endpoint {}

  /**
   * On the pod's own address.
   *
   * @param host as it stands in a URI
   * @param path from the root, without a query
   */
  record At(String host, int port, String path) implements Endpoint {
    /**
     * Where it is.
     *
     * @throws IllegalArgumentException when the address is none, without what it is
     */
    public URI uri() {
      try {
        return new URI("http", null, host, port, path, null, null);
      } catch (URISyntaxException _) {
        throw new IllegalArgumentException("the pod's address is no host of a URI");
      }
    }
  }

  /** What the API server lets through; what was stored without it must not choose the host. */
  Pattern PATH = Pattern.compile("/[A-Za-z0-9._~/-]*");

  /**
   * Decides for one container. A port belongs to the container that declares it; where none does,
   * to the only container there is, or the only one that the policy names.
   *
   * @param names containers that the policy names; empty for all
   */
  static Endpoint of(Pod pod, String container, List<String> names, int port, String path) {
    var ip = Optional.ofNullable(pod.getStatus().getPodIP()).orElse("");
    if (ip.isEmpty()) {
      return new Refused("the pod has no address");
    }
    if (Boolean.TRUE.equals(pod.getSpec().getHostNetwork())) {
      return new Refused("the pod has hostNetwork: port " + port + " is the node's, not its own");
    }
    if (!PATH.matcher(path).matches()) {
      return new Refused("the policy's path is not one of letters, digits and -._~/");
    }
    var owner = owner(port, Containers.lasting(pod), names);
    if (owner.isEmpty()) {
      return new Refused(
          "none of the pod's containers declares port %d, and the policy does not name just one"
              .formatted(port));
    }
    return owner.get().equals(container)
        ? new At(ip.contains(":") ? "[" + ip + "]" : ip, port, path)
        : new OfAnother(port, owner.get());
  }

  private static Optional<String> owner(int port, List<Container> containers, List<String> names) {
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
    var candidates = names.isEmpty() ? containers.stream().map(Container::getName).toList() : names;
    return candidates.size() == 1 ? Optional.of(candidates.getFirst()) : Optional.empty();
  }
}
