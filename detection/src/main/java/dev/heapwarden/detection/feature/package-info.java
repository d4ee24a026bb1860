/**
 * Features: named figures with a unit, computed from the samples of one container up to an instant.
 * {@link dev.heapwarden.detection.feature.Feature} is the one table of them. Knows samples, and no
 * rule.
 */
@NullMarked
package dev.heapwarden.detection.feature;

import org.jspecify.annotations.NullMarked;
