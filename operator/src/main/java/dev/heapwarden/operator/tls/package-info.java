/**
 * The agents' certificates: made and renewed here, kept in Secrets, and what an agent's certificate
 * is checked against. Asks no agent.
 */
@NullMarked
package dev.heapwarden.operator.tls;

import org.jspecify.annotations.NullMarked;
