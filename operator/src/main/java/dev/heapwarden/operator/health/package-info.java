/** Evidence of healthy pods by schedule: which pod's turn it is, what is ordered, what is kept. */
@NullMarked
package dev.heapwarden.operator.health;

import org.jspecify.annotations.NullMarked;
