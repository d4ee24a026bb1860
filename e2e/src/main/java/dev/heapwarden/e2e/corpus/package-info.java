/**
 * The corpus of programs that leak, and of such that only look so: their truth, the traces that
 * were recorded of them, and how those are recorded.
 */
@NullMarked
package dev.heapwarden.e2e.corpus;

import org.jspecify.annotations.NullMarked;
