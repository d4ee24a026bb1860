@NullMarked
package dev.heapwarden.e2e.accuracy;

import org.jspecify.annotations.NullMarked;
