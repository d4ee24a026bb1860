/** What must hold of the rules and their mistakes. */
@NullMarked
package dev.heapwarden.detection.rule;

import org.jspecify.annotations.NullMarked;
