package dev.heapwarden.probes.sample;

import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.probes.probe.ProbeEvent;

/**
 * A Go map that was seen to grow.
 *
 * @param last when it did last
 * @param lives how often it grew from nothing: once, and again for each other map that came to its
 *     address
 * @param begun when it was seen first, as {@code last} counts
 */
public record GrownMap(MapInstance map, ProbeEvent.MapGrowth last, long lives, long begun) {}
