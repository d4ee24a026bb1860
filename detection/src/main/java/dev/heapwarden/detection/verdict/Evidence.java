package dev.heapwarden.detection.verdict;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a verdict stands on.
 *
 * @param sentence the verdict in one sentence that a person understands, with its figures
 * @param growth of the post-GC live heap where there is one, else of anonymous memory; null when
 *     too little was seen
 * @param timeToLimit until anonymous memory reaches the container's limit, or the live heap the
 *     JVM's, at this growth; null without a limit or without growth
 * @param site function that writes the fastest growing map, or class whose instances grow; empty
 *     while unknown
 * @param features by documented name; a feature that could not be computed is absent
 */
public record Evidence(
    Layer layer,
    Cause cause,
    String sentence,
    @Nullable Growth growth,
    @Nullable Duration timeToLimit,
    String site,
    List<Witness> witnesses,
    Map<String, Double> features) {
  public Evidence {
    witnesses = List.copyOf(witnesses);
    features = Map.copyOf(features);
  }

  /** The same in other words. */
  public Evidence with(String otherSentence) {
    return new Evidence(
        layer, cause, otherSentence, growth, timeToLimit, site, witnesses, features);
  }
}
