/**
 * What programs offer of themselves by HTTP: asked on the pod's own address only, within bounds of
 * time and size, and turned into figures. What an answer holds beside them, its names, labels and
 * texts, leaves this package nowhere.
 */
@NullMarked
package dev.heapwarden.probes.endpoint;

import org.jspecify.annotations.NullMarked;
