/**
 * How often verdicts are right: the corpus' traces go through the code that judges them in a
 * cluster, and through other ways to tell a leak beside it. Needs no cluster.
 */
@NullMarked
package dev.heapwarden.e2e.accuracy;

import org.jspecify.annotations.NullMarked;
