/**
 * From the nodes' agents to the operator's memory: who the agents are, what they last said of each
 * container, and how long ago. Nothing is judged here.
 */
@NullMarked
package dev.heapwarden.operator.collect;

import org.jspecify.annotations.NullMarked;
