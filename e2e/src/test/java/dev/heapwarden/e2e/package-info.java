/** Rules that hold for all sources, and the one cluster of a run. */
@NullMarked
package dev.heapwarden.e2e;

import org.jspecify.annotations.NullMarked;
