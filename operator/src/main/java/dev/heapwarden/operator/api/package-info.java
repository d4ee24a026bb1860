/** What the API server says, and the snapshots that are ordered through it. Anyone may enter. */
@NullMarked
package dev.heapwarden.operator.api;

import org.jspecify.annotations.NullMarked;
