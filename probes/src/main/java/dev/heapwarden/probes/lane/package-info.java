/** Work that may never come to an end, such as what touches the file systems of a container. */
@NullMarked
package dev.heapwarden.probes.lane;

import org.jspecify.annotations.NullMarked;
