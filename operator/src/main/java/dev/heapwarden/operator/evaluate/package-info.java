/**
 * From samples to verdicts: which pods a policy governs, what is said of each of their containers.
 */
@NullMarked
package dev.heapwarden.operator.evaluate;

import org.jspecify.annotations.NullMarked;
