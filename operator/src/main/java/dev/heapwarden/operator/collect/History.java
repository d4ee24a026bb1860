package dev.heapwarden.operator.collect;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The samples of one container, oldest first, bounded in age and, for each source, in number.
 * Beyond the number every second sample of the source's older half is given up, series by series,
 * and of counts of classes every second look: the far past becomes coarser, and no source is lost
 * to a more talkative one.
 */
final class History {
  /** Samples of one source at most: two hours of readings, and as many again, ever coarser. */
  static final int LIMIT = 1_000;

  /** The longest trend that a policy can ask for and get. */
  static final Duration HORIZON = Duration.ofHours(24);

  private final Map<Origin, List<Sample>> samples = new EnumMap<>(Origin.class);
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
    var ofSource = samples.computeIfAbsent(sample.origin(), _ -> new ArrayList<>());
    ofSource.add(sample);
    if (ofSource.size() > LIMIT) {
      samples.put(sample.origin(), bounded(sample.origin(), ofSource));
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
    for (var ofSource : samples.values()) {
      if (!ofSource.isEmpty() && ofSource.getFirst().at().isBefore(oldest)) {
        ofSource.removeIf(sample -> sample.at().isBefore(oldest));
      }
    }
  }

  synchronized List<Sample> samples() {
    return samples.values().stream()
        .flatMap(List::stream)
        .sorted(Comparator.comparingLong(Sample::sequence))
        .toList();
  }

  private static List<Sample> bounded(Origin origin, List<Sample> samples) {
    var kept = origin == Origin.CLASS_HISTOGRAM ? ClassLooks.thinned(samples) : thinned(samples);
    // Many subjects of one sample each cannot be thinned: then the oldest go.
    return new ArrayList<>(kept.subList(Math.max(0, kept.size() - LIMIT), kept.size()));
  }

  private static List<Sample> thinned(List<Sample> samples) {
    int half = samples.size() / 2;
    var seen = new HashMap<@Nullable Subject, Integer>();
    var kept = new ArrayList<Sample>(samples.size());
    for (var sample : samples.subList(0, half)) {
      if (seen.merge(sample.subject(), 1, Integer::sum) % 2 == 1) {
        kept.add(sample);
      }
    }
    kept.addAll(samples.subList(half, samples.size()));
    return kept;
  }
}
