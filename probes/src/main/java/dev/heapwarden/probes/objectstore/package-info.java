/** Copies of artefacts in a store that speaks S3. */
@NullMarked
package dev.heapwarden.probes.objectstore;

import org.jspecify.annotations.NullMarked;
