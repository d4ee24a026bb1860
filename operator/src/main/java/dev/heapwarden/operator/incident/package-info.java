/**
 * From verdicts to LeakIncidents: when one is opened, how its finding evolves, when it ends by
 * itself. What is done about it lives in {@code respond}.
 */
@NullMarked
package dev.heapwarden.operator.incident;

import org.jspecify.annotations.NullMarked;
