/**
 * What the API server says to Heapwarden's manifests: what it refuses, completes, documents and
 * permits. No part of Heapwarden runs here.
 */
@NullMarked
package dev.heapwarden.e2e.api;

import org.jspecify.annotations.NullMarked;
