package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.gclog.PodLogs;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;

/** What is known of pods besides their processes. */
public interface PodView {
  /** A pod of this node. */
  Optional<Pod> find(String namespace, String name);

  /** The logs of this node's containers; empty where the agent is not given them. */
  default Optional<PodLogs> logs() {
    return Optional.empty();
  }

  /**
   * Whether another pod of its owner is ready now, on whatever node; false where that is unknown.
   */
  default boolean isServedWithout(Pod pod) {
    return false;
  }
}
