/**
 * What the demo and the end-to-end tests have in common: installing the product, starting programs,
 * looking at what became of them.
 */
@NullMarked
package dev.heapwarden.e2e.scenario;

import org.jspecify.annotations.NullMarked;
