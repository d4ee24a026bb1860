/**
 * What every resource of the API shares: its group and version, the labels and annotations that
 * Heapwarden writes, and the notation of durations. The resources themselves live one package each;
 * nothing of Heapwarden may be imported here.
 */
@NullMarked
package dev.heapwarden.crds;

import org.jspecify.annotations.NullMarked;
