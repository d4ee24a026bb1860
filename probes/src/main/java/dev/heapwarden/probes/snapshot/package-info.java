/**
 * Carries out MemorySnapshots of this node: takes the evidence, keeps the artefacts, writes the
 * status.
 */
@NullMarked
package dev.heapwarden.probes.snapshot;

import org.jspecify.annotations.NullMarked;
