/**
 * Rules: CEL over the features, compiled once; and the presets, which are rule sets like any other.
 */
@NullMarked
package dev.heapwarden.detection.rule;

import org.jspecify.annotations.NullMarked;
