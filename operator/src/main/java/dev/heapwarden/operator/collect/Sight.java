package dev.heapwarden.operator.collect;

import dev.heapwarden.detection.feature.Recording;
import dev.heapwarden.detection.sample.ContainerState;
import java.time.Instant;

/** What is known of one container now. Only {@link Watched} is fit for a verdict. */
public sealed interface Sight {
  /**
   * Its agent answers and watches it.
   *
   * @param samples goes on being filled
   */
  record Watched(ContainerState state, Recording samples) implements Sight {}

  /** Its agent answers, and does not watch it (yet). */
  record NotListed(String agent) implements Sight {}

  /**
   * Its agent does not answer.
   *
   * @param since the last answer, or the first question when there never was one
   */
  record Silent(String agent, Instant since, String reason) implements Sight {}

  /** No agent runs on its node. */
  record NoAgent() implements Sight {}

  /** Its agent was not asked long enough to say anything: the operator has just started. */
  record NotAsked() implements Sight {}
}
