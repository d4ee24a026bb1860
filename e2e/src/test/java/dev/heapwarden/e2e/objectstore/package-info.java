/** Artefacts in a real S3 server. */
@NullMarked
package dev.heapwarden.e2e.objectstore;

import org.jspecify.annotations.NullMarked;
