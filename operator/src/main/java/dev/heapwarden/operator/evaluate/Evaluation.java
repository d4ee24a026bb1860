package dev.heapwarden.operator.evaluate;

import dev.heapwarden.crds.policy.MemoryPolicy;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.List;

/**
 * What one look at everything that a policy governs found.
 *
 * @param pods that it governs, with containers that crashed and do not run
 */
public record Evaluation(
    MemoryPolicy policy, List<Pod> pods, List<WatchedContainer> containers, Instant at) {
  public Evaluation {
    pods = List.copyOf(pods);
    containers = List.copyOf(containers);
  }

  /** Of containers alone. */
  public Evaluation(MemoryPolicy policy, List<WatchedContainer> containers, Instant at) {
    this(policy, List.of(), containers, at);
  }
}
