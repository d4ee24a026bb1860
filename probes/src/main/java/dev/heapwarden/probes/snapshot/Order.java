package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.InstanceQuery;
import dev.heapwarden.probes.target.Target;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What to take evidence of.
 *
 * @param owner the snapshot, in the namespace of its pod
 * @param window how long windows look
 * @param jvmOptions to be checked against the JVM
 * @param instances which ones to look for
 */
record Order(
    ArtifactStore.Owner owner,
    Target target,
    Duration window,
    List<String> jvmOptions,
    Optional<InstanceQuery> instances) {}
