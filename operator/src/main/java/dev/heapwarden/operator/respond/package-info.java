/** From an open incident to its end: one thin reconciler and the order of the response. */
@NullMarked
package dev.heapwarden.operator.respond;

import org.jspecify.annotations.NullMarked;
