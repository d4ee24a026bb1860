/** The response against a real API server: isolation, server-side apply, scale, and their undo. */
@NullMarked
package dev.heapwarden.e2e.respond;

import org.jspecify.annotations.NullMarked;
