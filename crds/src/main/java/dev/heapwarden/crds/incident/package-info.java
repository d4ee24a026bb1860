/**
 * {@link dev.heapwarden.crds.incident.LeakIncident}: one leak of one container of one workload, and
 * the durable record of all that was done about it.
 */
@NullMarked
package dev.heapwarden.crds.incident;

import org.jspecify.annotations.NullMarked;
