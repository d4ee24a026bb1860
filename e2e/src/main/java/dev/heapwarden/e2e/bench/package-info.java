/**
 * Benchmarks of the product's own parts, without a cluster. Each prints a table, writes JSON and
 * ends with one line of figures.
 */
@NullMarked
package dev.heapwarden.e2e.bench;

import org.jspecify.annotations.NullMarked;
