@NullMarked
package dev.heapwarden.e2e.respond;

import org.jspecify.annotations.NullMarked;
