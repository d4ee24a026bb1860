/** The bounded memory of samples that the operator reads from. */
@NullMarked
package dev.heapwarden.probes.buffer;

import org.jspecify.annotations.NullMarked;
