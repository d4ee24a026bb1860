@NullMarked
package dev.heapwarden.e2e.corpus;

import org.jspecify.annotations.NullMarked;
