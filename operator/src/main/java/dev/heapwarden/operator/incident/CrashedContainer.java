package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.incident.CrashKind;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The last end of a container that should have run on, as the kubelet tells it.
 *
 * @param restarts of the container in this pod so far
 * @param runsAgain whether it was started again since
 */
record CrashedContainer(
    String container,
    Instant at,
    String reason,
    int exitCode,
    Optional<CrashKind> kind,
    int restarts,
    boolean runsAgain) {
  /**
   * Those of a pod.
   *
   * @param names to which the policy restricts itself; empty for all
   */
  static Stream<CrashedContainer> of(Pod pod, List<String> names) {
    var status = pod.getStatus();
    return status == null || status.getContainerStatuses() == null
        ? Stream.of()
        : status.getContainerStatuses().stream()
            .filter(container -> names.isEmpty() || names.contains(container.getName()))
            .flatMap(container -> of(container).stream());
  }

  private static Optional<CrashedContainer> of(ContainerStatus container) {
    return Stream.of(container.getState(), container.getLastState())
        .filter(Objects::nonNull)
        .map(ContainerState::getTerminated)
        .filter(Objects::nonNull)
        .filter(end -> end.getExitCode() != null && end.getExitCode() != 0)
        .filter(end -> end.getFinishedAt() != null)
        .findFirst()
        .map(end -> of(container, end));
  }

  private static CrashedContainer of(ContainerStatus container, ContainerStateTerminated end) {
    return new CrashedContainer(
        container.getName(),
        Instant.parse(end.getFinishedAt()),
        Objects.requireNonNullElse(end.getReason(), "Unknown"),
        end.getExitCode(),
        CrashKind.of(end.getMessage()),
        Objects.requireNonNullElse(container.getRestartCount(), 0),
        container.getState() != null && container.getState().getRunning() != null);
  }

  /** Such as: ended with OOMKilled, exit code 137, OutOfMemoryError; 3 restarts so far. */
  String text() {
    return "%s, exit code %d%s; %d restarts so far"
        .formatted(reason, exitCode, kind.map(found -> ", " + found.text()).orElse(""), restarts);
  }
}
