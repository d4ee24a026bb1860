/**
 * What the response does to the cluster: each action plans, acts, looks whether it is done, and
 * undoes.
 */
@NullMarked
package dev.heapwarden.operator.respond.action;

import org.jspecify.annotations.NullMarked;
