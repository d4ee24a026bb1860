/** What must hold of the features, figure by figure. */
@NullMarked
package dev.heapwarden.detection.feature;

import org.jspecify.annotations.NullMarked;
