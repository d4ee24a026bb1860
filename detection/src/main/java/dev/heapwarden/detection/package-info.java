/**
 * {@code samples -> features -> findings -> verdict} as pure functions of (samples, settings, now).
 * {@link dev.heapwarden.detection.Detector} is the way in. No Kubernetes, no I/O, no clock of its
 * own.
 */
@NullMarked
package dev.heapwarden.detection;

import org.jspecify.annotations.NullMarked;
