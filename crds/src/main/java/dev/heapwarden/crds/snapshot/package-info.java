/**
 * {@link dev.heapwarden.crds.snapshot.MemorySnapshot}: an order to the node agent for evidence of
 * one container, and what became of it.
 */
@NullMarked
package dev.heapwarden.crds.snapshot;

import org.jspecify.annotations.NullMarked;
