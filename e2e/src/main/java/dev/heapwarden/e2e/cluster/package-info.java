/**
 * A real Kubernetes cluster for tests and for the demo: {@link dev.heapwarden.e2e.cluster.Cluster}
 * starts one in a container, or uses the one it is told to. Nothing here knows Heapwarden's
 * resources.
 */
@NullMarked
package dev.heapwarden.e2e.cluster;

import org.jspecify.annotations.NullMarked;
