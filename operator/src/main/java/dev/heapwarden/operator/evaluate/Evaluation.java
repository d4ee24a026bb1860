package dev.heapwarden.operator.evaluate;

import dev.heapwarden.crds.policy.MemoryPolicy;
import java.time.Instant;
import java.util.List;

/** What one look at everything that a policy governs found. */
public record Evaluation(MemoryPolicy policy, List<WatchedContainer> containers, Instant at) {
  public Evaluation {
    containers = List.copyOf(containers);
  }
}
