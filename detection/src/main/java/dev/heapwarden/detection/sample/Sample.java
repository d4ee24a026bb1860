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
 * @param subject the map instance of {@link Signal#MAP_ENTRIES}, the class of {@link
 *     Signal#CLASS_INSTANCES}, and null for all else
 */
public record Sample(
    long sequence,
    Instant at,
    ContainerKey container,
    Origin origin,
    Map<Signal, Double> values,
    @Nullable Subject subject) {
  public Sample {
    values = Map.copyOf(values);
  }
}
