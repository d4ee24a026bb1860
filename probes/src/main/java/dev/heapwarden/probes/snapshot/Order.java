package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.target.Target;
import java.time.Duration;
import java.util.List;

/**
 * What to take evidence of.
 *
 * @param owner the snapshot, in the namespace of its pod
 * @param window how long windows look
 * @param jvmOptions to be checked against the JVM
 */
record Order(ArtifactStore.Owner owner, Target target, Duration window, List<String> jvmOptions) {}
