/**
 * {@link dev.heapwarden.crds.policy.MemoryPolicy}: what users write to say which pods to watch,
 * when to worry and how far to go.
 */
@NullMarked
package dev.heapwarden.crds.policy;

import org.jspecify.annotations.NullMarked;
