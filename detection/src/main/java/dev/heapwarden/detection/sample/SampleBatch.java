package dev.heapwarden.detection.sample;

import java.util.List;

/**
 * Answer to {@code GET /v1/samples?since=EPOCH:SEQUENCE}: the samples after that one, oldest first,
 * {@value #PAGE} at most. While there are more the reader asks again at once.
 *
 * @param epoch one life of the agent's buffer
 * @param last sequence of the newest sample in the batch, or the one asked for when nothing came
 *     after it: the next question is {@code since=epoch:last}
 * @param dropped samples after the one asked for that the buffer no longer had
 * @param reset true when the epoch asked for is not this one: the batch begins with the oldest
 *     sample there is
 * @param more true when the buffer already holds samples after {@code last}
 * @param containers every container that the agent watches now
 */
public record SampleBatch(
    String epoch,
    long last,
    long dropped,
    boolean reset,
    boolean more,
    List<ContainerState> containers,
    List<Sample> samples) {
  /**
   * Samples of one batch at most. One is about 400 bytes of JSON, and below 2 KiB even where every
   * name is as long as Kubernetes lets it be: 2 MB as a rule, 10 MB at most, so that neither side
   * holds more than that at once.
   */
  public static final int PAGE = 5_000;

  public SampleBatch {
    containers = List.copyOf(containers);
    samples = List.copyOf(samples);
  }
}
