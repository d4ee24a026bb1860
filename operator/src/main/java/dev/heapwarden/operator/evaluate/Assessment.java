package dev.heapwarden.operator.evaluate;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;

/**
 * What was last said of one container.
 *
 * @param workloadUid UID of the pod's workload (the Deployment of a ReplicaSet's pod)
 * @param quarantined true for an isolated pod: still observed, but no longer part of the service
 * @param containerAge at the time of the evaluation
 */
public record Assessment(
    String workloadUid,
    ContainerKey container,
    RuntimeKind runtime,
    boolean quarantined,
    Verdict verdict,
    Duration containerAge,
    Instant at) {}
