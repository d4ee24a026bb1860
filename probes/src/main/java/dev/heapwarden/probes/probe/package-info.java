/**
 * What measures targets: cgroup files, and the one bpftrace program of the node with its events.
 * Everything handed to the kernel is written here, from numbers and paths that the agent itself
 * made.
 */
@NullMarked
package dev.heapwarden.probes.probe;

import org.jspecify.annotations.NullMarked;
