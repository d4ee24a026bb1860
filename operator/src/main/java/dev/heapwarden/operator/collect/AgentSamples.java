package dev.heapwarden.operator.collect;

import dev.heapwarden.detection.feature.Recording;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What one agent said of each container, in one life of its buffer. */
final class AgentSamples {
  /** How long a container that it does not list any more is remembered. */
  static final Duration RETENTION = Duration.ofMinutes(10);

  /** The longest trend that a policy can ask for and get. */
  static final Duration HORIZON = Duration.ofHours(24);

  private final Map<ContainerKey, Kept> containers = new ConcurrentHashMap<>();

  private record Kept(Recording samples, Instant listedAt) {}

  void add(Sample sample, Instant now) {
    containers
        .computeIfAbsent(sample.container(), _ -> new Kept(new Recording(), now))
        .samples
        .add(sample);
  }

  void listed(ContainerKey container, Instant now) {
    var samples = of(container);
    samples.dropBefore(now.minus(HORIZON));
    containers.put(container, new Kept(samples, now));
  }

  Recording of(ContainerKey container) {
    var kept = containers.get(container);
    return kept == null ? new Recording() : kept.samples;
  }

  void forgetUnlisted(Instant now) {
    containers.values().removeIf(kept -> kept.listedAt.isBefore(now.minus(RETENTION)));
  }

  /** Its buffer begins anew, and so do its counters. */
  void clear() {
    containers.clear();
  }
}
