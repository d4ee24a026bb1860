/**
 * Who the agent is, by a certificate, and who may ask it, by the API server's word. Knows nothing
 * of HTTP or of what is asked for.
 */
@NullMarked
package dev.heapwarden.probes.access;

import org.jspecify.annotations.NullMarked;
