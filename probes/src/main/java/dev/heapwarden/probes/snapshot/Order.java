package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.target.Target;
import java.time.Duration;

/**
 * What to take evidence of.
 *
 * @param namespace of the snapshot and its pod
 * @param snapshot name of the snapshot
 * @param window how long windows look
 */
record Order(String namespace, String snapshot, Target target, Duration window) {}
