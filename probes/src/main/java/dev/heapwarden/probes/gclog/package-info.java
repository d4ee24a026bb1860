/**
 * What runtimes write of their collections into logs: Go's gctrace and the JVM's unified logging,
 * in the log of a container or in a file of its own; and where the node keeps the logs of
 * containers. Only lines of collections are understood, and nothing else of them is kept. What a
 * container writes is anybody's: every reader is bounded in bytes, in the length of a line and in
 * time.
 */
@NullMarked
package dev.heapwarden.probes.gclog;

import org.jspecify.annotations.NullMarked;
