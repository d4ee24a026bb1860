/** The operator's composition root. */
@NullMarked
package dev.heapwarden.operator;

import org.jspecify.annotations.NullMarked;
