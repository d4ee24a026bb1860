/**
 * What a HotSpot JVM tells from outside: its performance counters (hsperfdata), and commands over
 * the attach protocol. Nothing of the JDK is needed in the target, and every byte that comes from
 * it is taken as a stranger's.
 */
@NullMarked
package dev.heapwarden.probes.jvm;

import org.jspecify.annotations.NullMarked;
