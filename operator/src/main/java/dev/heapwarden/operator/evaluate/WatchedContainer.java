package dev.heapwarden.operator.evaluate;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.operator.collect.Sight;
import org.jspecify.annotations.Nullable;

/**
 * One container that a policy governs, and what is known of it now.
 *
 * @param quarantined its pod is isolated
 * @param assessment null when nothing can be said: its agent does not see it, or the policy's rules
 *     are not valid
 */
public record WatchedContainer(
    ContainerKey key,
    Workload workload,
    boolean quarantined,
    Sight sight,
    @Nullable Assessment assessment) {}
