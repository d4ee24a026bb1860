/** What must hold of a verdict, tried on simulated containers. */
@NullMarked
package dev.heapwarden.detection;

import org.jspecify.annotations.NullMarked;
