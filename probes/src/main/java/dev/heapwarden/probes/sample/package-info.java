/**
 * Turns what the probes said into samples of containers: sums over processes, counts, map instances
 * with their sites.
 */
@NullMarked
package dev.heapwarden.probes.sample;

import org.jspecify.annotations.NullMarked;
