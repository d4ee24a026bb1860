/**
 * The data contract between the node agent, which writes samples, and the operator, which reads
 * them. Plain values only: no I/O, no Kubernetes type. Field names are the names on the wire
 * (JSON).
 */
@NullMarked
package dev.heapwarden.detection.sample;

import org.jspecify.annotations.NullMarked;
