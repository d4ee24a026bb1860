/**
 * The response against a real API server that may be faulty, run by an operator that may be killed:
 * isolation, server-side apply, scale, and their undo.
 */
@NullMarked
package dev.heapwarden.e2e.respond;

import org.jspecify.annotations.NullMarked;
