package dev.heapwarden.detection.sample;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one source said about one container at one moment.
 *
 * @param sequence rises by one with every sample of an epoch of one agent
 * @param at when it was measured, by the node's clock
 * @param values by signal, in the signal's unit; never empty
 * @param map the map instance that {@link Signal#MAP_ENTRIES} speaks of, and null for all else
 */
public record Sample(
    long sequence,
    Instant at,
    ContainerKey container,
    Origin origin,
    Map<Signal, Double> values,
    @Nullable MapInstance map) {
  public Sample {
    values = Map.copyOf(values);
  }
}
