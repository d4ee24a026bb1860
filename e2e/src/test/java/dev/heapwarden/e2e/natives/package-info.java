/** The agent's windows on native allocations, on programs of several C libraries. */
@NullMarked
package dev.heapwarden.e2e.natives;

import org.jspecify.annotations.NullMarked;
