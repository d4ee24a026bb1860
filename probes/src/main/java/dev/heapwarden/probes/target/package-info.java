/**
 * Which containers of this node are watched and which processes run in them: pods and policies from
 * the API, processes from cgroups and /proc.
 */
@NullMarked
package dev.heapwarden.probes.target;

import org.jspecify.annotations.NullMarked;
