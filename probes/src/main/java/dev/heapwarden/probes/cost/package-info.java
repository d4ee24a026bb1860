/**
 * What watching costs the watched programs, and the budget that it is held to. Knows hits and
 * readings of CPU time, not where they come from.
 */
@NullMarked
package dev.heapwarden.probes.cost;

import org.jspecify.annotations.NullMarked;
