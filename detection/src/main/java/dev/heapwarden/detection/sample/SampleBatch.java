package dev.heapwarden.detection.sample;

import java.util.List;

/**
 * Answer to {@code GET /v1/samples?since=EPOCH:SEQUENCE}: the samples after that one.
 *
 * @param epoch one life of the agent's buffer
 * @param last sequence of the newest sample in the batch, or the one asked for when nothing came
 *     after it: the next question is {@code since=epoch:last}
 * @param dropped samples after the one asked for that the buffer no longer had
 * @param reset true when the epoch asked for is not this one, and the batch holds everything there
 *     is
 * @param containers every container that the agent watches now
 */
public record SampleBatch(
    String epoch,
    long last,
    long dropped,
    boolean reset,
    List<ContainerState> containers,
    List<Sample> samples) {
  public SampleBatch {
    containers = List.copyOf(containers);
    samples = List.copyOf(samples);
  }
}
