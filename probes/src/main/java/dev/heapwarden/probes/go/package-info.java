/**
 * Reads Go executables, bounded and without trusting them: version, symbols, and the function at a
 * program counter. Knows nothing of Kubernetes or bpftrace.
 */
@NullMarked
package dev.heapwarden.probes.go;

import org.jspecify.annotations.NullMarked;
