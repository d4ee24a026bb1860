/** What detection says of one container: a verdict, and the evidence it stands on. */
@NullMarked
package dev.heapwarden.detection.verdict;

import org.jspecify.annotations.NullMarked;
