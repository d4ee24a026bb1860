/** The levels of the response in their order: each step says what to do next. */
@NullMarked
package dev.heapwarden.operator.respond.step;

import org.jspecify.annotations.NullMarked;
