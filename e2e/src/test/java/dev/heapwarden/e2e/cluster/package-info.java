/** What a cluster must offer, whichever it is, before anything of Heapwarden is tested on it. */
@NullMarked
package dev.heapwarden.e2e.cluster;

import org.jspecify.annotations.NullMarked;
