package dev.heapwarden.probes.target;

import dev.heapwarden.crds.policy.KeyTypes;
import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.sample.ContainerKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A running container of this node that a policy selects, as the API server knows it.
 *
 * @param policy name of the policy, in the container's namespace
 * @param choice runtime that the policy says it has
 * @param interval between two readings of its cgroup
 * @param offers what the policy says that it offers, and where
 * @param overheadBudget what watching may cost, as a share of its CPU time, such as 0.01
 * @param suspiciousKeys types of Go that no map of its should have as keys
 * @param heapDumps whether the policy allows heap dumps of it in service, where that harms nobody
 */
public record WatchedContainer(
    ContainerKey key,
    String policy,
    RuntimeChoice choice,
    Duration interval,
    Instant startedAt,
    Offers offers,
    double overheadBudget,
    List<String> suspiciousKeys,
    boolean heapDumps) {
  public WatchedContainer {
    suspiciousKeys = List.copyOf(suspiciousKeys);
  }

  /** One whose policy says nothing of keys, and allows no heap dump in service. */
  public WatchedContainer(
      ContainerKey key,
      String policy,
      RuntimeChoice choice,
      Duration interval,
      Instant startedAt,
      Offers offers,
      double overheadBudget) {
    this(
        key,
        policy,
        choice,
        interval,
        startedAt,
        offers,
        overheadBudget,
        KeyTypes.SUSPICIOUS,
        false);
  }
}
