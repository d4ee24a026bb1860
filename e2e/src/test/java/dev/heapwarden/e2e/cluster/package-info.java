/**
 * What a cluster must offer, whichever it is, before anything of Heapwarden is tested on it, and
 * what it must leave behind: nothing.
 */
@NullMarked
package dev.heapwarden.e2e.cluster;

import org.jspecify.annotations.NullMarked;
