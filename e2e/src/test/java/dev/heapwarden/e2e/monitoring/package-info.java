/** Whether the metrics, and what stands on them (dashboard, rules), say the same. */
@NullMarked
package dev.heapwarden.e2e.monitoring;

import org.jspecify.annotations.NullMarked;
