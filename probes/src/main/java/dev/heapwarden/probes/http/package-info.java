/** What the agent says to the outside: samples, metrics, health and readiness. */
@NullMarked
package dev.heapwarden.probes.http;

import org.jspecify.annotations.NullMarked;
