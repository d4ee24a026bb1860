/**
 * What is due when: a policy's schedules as pure functions of time, and the alarms that wake those
 * who wait for them. Whoever is woken asks the clock himself.
 */
@NullMarked
package dev.heapwarden.operator.schedule;

import org.jspecify.annotations.NullMarked;
