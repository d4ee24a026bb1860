/** The durable record of a response: what is written before an action and after it. */
@NullMarked
package dev.heapwarden.operator.respond.journal;

import org.jspecify.annotations.NullMarked;
