/**
 * Reads Go executables, bounded and without trusting them: version, functions, the calls at a
 * program counter with their files and lines, the types of maps. Knows nothing of Kubernetes.
 */
@NullMarked
package dev.heapwarden.probes.go;

import org.jspecify.annotations.NullMarked;
