package dev.heapwarden.operator.collect;

import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The samples of one container, oldest first, bounded in age and number. Beyond the number every
 * second sample of the older half is given up, series by series: the far past becomes coarser, and
 * no source is lost to a more talkative one.
 */
final class History {
  /** Samples at most: one of each of three sources per minute over six hours, thrice over. */
  static final int LIMIT = 4_000;

  /** The longest trend that a policy can ask for and get. */
  static final Duration HORIZON = Duration.ofHours(24);

  private final List<Sample> samples = new ArrayList<>();
  private @Nullable String source;
  private Instant listedAt;

  History(Instant listedAt) {
    this.listedAt = listedAt;
  }

  /**
   * Adds one sample.
   *
   * @param from the agent's life that it comes from; samples of another life are given up, since
   *     counters start anew
   */
  synchronized void add(Sample sample, String from) {
    if (!from.equals(source)) {
      samples.clear();
      source = from;
    }
    samples.add(sample);
    if (samples.size() > LIMIT) {
      thin();
    }
  }

  synchronized void clearIfFrom(String agentPrefix) {
    if (source != null && source.startsWith(agentPrefix)) {
      samples.clear();
    }
  }

  synchronized void listed(Instant at) {
    listedAt = at;
  }

  synchronized Instant listedAt() {
    return listedAt;
  }

  synchronized void dropBefore(Instant oldest) {
    if (!samples.isEmpty() && samples.getFirst().at().isBefore(oldest)) {
      samples.removeIf(sample -> sample.at().isBefore(oldest));
    }
  }

  synchronized List<Sample> samples() {
    return List.copyOf(samples);
  }

  private void thin() {
    int half = samples.size() / 2;
    Map<Series, Integer> seen = new HashMap<>();
    var kept = new ArrayList<Sample>(samples.size());
    for (var sample : samples.subList(0, half)) {
      if (seen.merge(new Series(sample.origin(), sample.map()), 1, Integer::sum) % 2 == 1) {
        kept.add(sample);
      }
    }
    kept.addAll(samples.subList(half, samples.size()));
    // Many series of one sample each cannot be thinned: then the oldest go.
    int excess = Math.max(0, kept.size() - LIMIT);
    samples.clear();
    samples.addAll(kept.subList(excess, kept.size()));
  }

  private record Series(Origin origin, @Nullable MapInstance map) {}
}
