/** JVMs as people start them, in containers of this machine, and what the agent has to say. */
@NullMarked
package dev.heapwarden.e2e.jvm;

import org.jspecify.annotations.NullMarked;
