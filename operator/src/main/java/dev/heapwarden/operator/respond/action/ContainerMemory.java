package dev.heapwarden.operator.respond.action;

import dev.heapwarden.operator.api.ManagedFields;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The memory limit of one container of a running pod, and its change in place (Kubernetes 1.35,
 * subresource resize). The pod's quality of service stays what it is: where it is Guaranteed the
 * request goes with the limit.
 */
record ContainerMemory(Pod pod, String name) {
  private static final String MEMORY = "memory";

  Optional<Quantity> limit() {
    return container().map(Container::getResources).flatMap(ContainerMemory::limit);
  }

  /** What the kubelet has in force. */
  Optional<Quantity> actual() {
    var status = pod.getStatus();
    return Stream.of(status.getContainerStatuses(), status.getInitContainerStatuses())
        .flatMap(list -> orEmpty(list).stream())
        .filter(found -> found.getName().equals(name))
        .findFirst()
        .map(ContainerStatus::getResources)
        .flatMap(ContainerMemory::limit);
  }

  /** Why it cannot be changed without a restart; empty when it can. */
  Optional<String> refusal() {
    if (container().isEmpty()) {
      return Optional.of("NoSuchContainer: pod %s has no container %s".formatted(podName(), name));
    }
    if (limit().isEmpty()) {
      return Optional.of("NoMemoryLimit: the container has no memory limit to raise");
    }
    boolean restarts =
        orEmpty(container().orElseThrow().getResizePolicy()).stream()
            .anyMatch(
                policy ->
                    MEMORY.equals(policy.getResourceName())
                        && "RestartContainer".equals(policy.getRestartPolicy()));
    return restarts
        ? Optional.of("RestartRequired: the container's resizePolicy restarts it for memory")
        : Optional.empty();
  }

  /** What the kubelet says of a resize that it cannot carry out: reason and message. */
  Optional<String> condition(String type, String reason) {
    return orEmpty(pod.getStatus().getConditions()).stream()
        .filter(condition -> condition.getType().equals(type))
        .filter(condition -> condition.getStatus().equals("True"))
        .filter(condition -> reason.equals(condition.getReason()))
        .map(condition -> "%s: %s".formatted(reason, condition.getMessage()))
        .findFirst();
  }

  /** Why it is not in force yet. */
  String kubelet() {
    return condition("PodResizePending", "Deferred")
        .or(() -> condition("PodResizeInProgress", "Error"))
        .orElse("the kubelet has not resized it yet");
  }

  /**
   * Sets the limit, fenced by resourceVersion.
   *
   * @param dryRun only asks whether it could be done
   * @return false when the pod changed since it was read
   */
  boolean resize(KubernetesClient client, Quantity limit, String manager, boolean dryRun) {
    var metadata = pod.getMetadata();
    // The client knows no resize, and a PUT of the subresource changes nothing but resources.
    var path =
        "/api/v1/namespaces/%s/pods/%s/resize?fieldManager=%s%s"
            .formatted(
                metadata.getNamespace(), metadata.getName(), manager, dryRun ? "&dryRun=All" : "");
    try {
      client.raw(path, "PUT", with(limit));
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return false;
      }
      throw e;
    }
  }

  /** Whether this manager was the last to change the limit. */
  boolean isOf(String manager) {
    return Stream.of("f:containers", "f:initContainers")
        .flatMap(
            list ->
                ManagedFields.owners(
                    pod,
                    "f:spec",
                    list,
                    "k:{\"name\":\"%s\"}".formatted(name),
                    "f:resources",
                    "f:limits",
                    "f:" + MEMORY)
                    .stream())
        .anyMatch(entry -> manager.equals(entry.getManager()));
  }

  private Pod with(Quantity limit) {
    boolean guaranteed = "Guaranteed".equals(pod.getStatus().getQosClass());
    var changed = new PodBuilder(pod).build();
    var resources = new ContainerMemory(changed, name).container().orElseThrow().getResources();
    resources.setLimits(set(resources.getLimits(), limit));
    if (guaranteed) {
      resources.setRequests(set(resources.getRequests(), limit));
    }
    return changed;
  }

  private static Map<String, Quantity> set(@Nullable Map<String, Quantity> old, Quantity memory) {
    var changed = new java.util.LinkedHashMap<String, Quantity>(old == null ? Map.of() : old);
    changed.put(MEMORY, memory);
    return changed;
  }

  private Optional<Container> container() {
    var spec = pod.getSpec();
    return Stream.of(spec.getContainers(), spec.getInitContainers())
        .flatMap(list -> orEmpty(list).stream())
        .filter(found -> found.getName().equals(name))
        .findFirst();
  }

  private String podName() {
    return pod.getMetadata().getName();
  }

  private static Optional<Quantity> limit(ResourceRequirements resources) {
    return Optional.ofNullable(resources.getLimits()).map(limits -> limits.get(MEMORY));
  }

  private static <T> List<T> orEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }
}
