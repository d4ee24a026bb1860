/** The whole product, installed in a real cluster as a user would. */
@NullMarked
package dev.heapwarden.e2e.product;

import org.jspecify.annotations.NullMarked;
