/** What holds an action back: pure functions of policy, records and time, each with its reason. */
@NullMarked
package dev.heapwarden.operator.respond.guard;

import org.jspecify.annotations.NullMarked;
