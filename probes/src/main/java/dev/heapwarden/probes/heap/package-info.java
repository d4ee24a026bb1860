/**
 * Reads the heap dump of a JVM: where instances of one class are, and who holds them. It is read in
 * a process of its own, so that the agent survives a dump that is too large or malformed.
 */
@NullMarked
package dev.heapwarden.probes.heap;

import org.jspecify.annotations.NullMarked;
