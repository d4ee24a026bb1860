package dev.heapwarden.operator.report;

import java.util.OptionalDouble;

/**
 * How one container stands now, for metrics.
 *
 * @param policy that governs it
 * @param kind of its workload, such as Deployment
 * @param workload name of it
 * @param quarantined its pod is isolated
 * @param verdict the newest; Unseen where no agent sees the container or its policy's rules are not
 *     valid
 * @param growth bytes per second; empty while unknown
 * @param secondsToLimit empty without a limit or without growth
 */
public record Standing(
    String namespace,
    String policy,
    String kind,
    String workload,
    String container,
    boolean quarantined,
    String verdict,
    OptionalDouble growth,
    OptionalDouble secondsToLimit) {
  public static final String UNSEEN = "Unseen";
}
