/** What is done before the chart is uninstalled, in a process of its own beside the operator. */
@NullMarked
package dev.heapwarden.operator.uninstall;

import org.jspecify.annotations.NullMarked;
