/** What the operator tells people: Kubernetes Events with reasons from one enum, and metrics. */
@NullMarked
package dev.heapwarden.operator.report;

import org.jspecify.annotations.NullMarked;
