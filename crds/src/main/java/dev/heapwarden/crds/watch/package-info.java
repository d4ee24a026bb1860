/** Which namespaces an installation watches, for agent and operator alike; no resource of ours. */
@NullMarked
package dev.heapwarden.crds.watch;

import org.jspecify.annotations.NullMarked;
