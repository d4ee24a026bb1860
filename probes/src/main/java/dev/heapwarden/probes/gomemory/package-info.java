/**
 * Reads what the Go runtime keeps of itself in a process's memory: heap profile, holders,
 * goroutines, allocator figures. It only reads, within bounds, while the program runs on; what it
 * cannot know it refuses. Knows nothing of Kubernetes.
 */
@NullMarked
package dev.heapwarden.probes.gomemory;

import org.jspecify.annotations.NullMarked;
