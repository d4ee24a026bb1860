package dev.heapwarden.probes.sample;

import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.probes.probe.ProbeEvent;

/**
 * A Go map that was seen to grow.
 *
 * @param last when it did last
 */
public record GrownMap(MapInstance map, ProbeEvent.MapGrowth last) {}
