package dev.heapwarden.probes.endpoint;

import dev.heapwarden.detection.sample.Signal;
import java.util.Map;

/**
 * What an answer told.
 *
 * @param figures that are known; never empty
 * @param bytes of the answer; of JSON its characters, nearly all of one byte
 * @param malformed lines that were left out, since they are not of the format
 */
public record Told(Map<Signal, Double> figures, long bytes, long malformed) {
  public Told {
    figures = Map.copyOf(figures);
  }
}
