/** The node agent's composition root. */
@NullMarked
package dev.heapwarden.probes;

import org.jspecify.annotations.NullMarked;
