/** What the chart renders, what is written about it, and what Helm does with it. */
@NullMarked
package dev.heapwarden.e2e.chart;

import org.jspecify.annotations.NullMarked;
