/** The agent's probes of Go, on programs of every release that is supported. */
@NullMarked
package dev.heapwarden.e2e.go;

import org.jspecify.annotations.NullMarked;
