package dev.heapwarden.operator.collect;

import dev.heapwarden.detection.feature.Feature;
import dev.heapwarden.detection.feature.Frame;
import dev.heapwarden.detection.feature.Recording;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.SampleBatch;
import dev.heapwarden.detection.sample.Signal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What agents say in these tests. */
final class Answers {
  static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  static final ContainerKey CHECKOUT =
      new ContainerKey("shop", "checkout-1", "uid-1", "checkout", "c1");
  static final ContainerKey SIDECAR =
      new ContainerKey("shop", "checkout-1", "uid-1", "envoy", "c2");

  private Answers() {}

  static Agent agent(String uid, String node) {
    return new Agent("agent-" + uid, uid, node, URI.create("http://127.0.0.1:1"));
  }

  static Sample reading(long sequence, ContainerKey container) {
    return sample(sequence, container, Origin.CGROUP, null);
  }

  static Sample mapGrowth(long sequence, ContainerKey container, String address) {
    return sample(
        sequence, container, Origin.GO_MAP_UPROBE, new MapInstance(7, address, "main.handle"));
  }

  static SampleBatch batch(String epoch, List<ContainerKey> listed, List<Sample> samples) {
    return batch(epoch, listed, samples, false);
  }

  static SampleBatch batch(
      String epoch, List<ContainerKey> listed, List<Sample> samples, boolean more) {
    return new SampleBatch(
        epoch,
        samples.isEmpty() ? 0 : samples.getLast().sequence(),
        0,
        false,
        more,
        listed.stream().map(Answers::state).toList(),
        samples);
  }

  static ContainerState state(ContainerKey container) {
    return new ContainerState(
        container,
        "checkout",
        RuntimeKind.GO,
        "go1.26.8",
        START,
        List.of(
            new Attachment("GoGc", Attachment.State.ATTACHED, null),
            new Attachment("GoMapGrowth", Attachment.State.REFUSED, "no pclntab")),
        0.003);
  }

  private static Sample sample(
      long sequence, ContainerKey container, Origin origin, @Nullable MapInstance map) {
    return new Sample(
        sequence,
        START.plusSeconds(sequence),
        container,
        origin,
        map == null
            ? Map.of(
                Signal.ANONYMOUS_MEMORY,
                (double) sequence,
                Signal.POST_GC_LIVE_HEAP,
                (double) sequence)
            : Map.of(Signal.MAP_ENTRIES, (double) sequence),
        map);
  }

  /**
   * What is left of readings.
   *
   * @param latest sequence of the newest
   */
  record Told(int readings, int latest) {
    static final Told NOTHING = new Told(0, 0);

    static Told of(Sight sight) {
      if (!(sight instanceof Sight.Watched(_, Recording samples))) {
        return NOTHING;
      }
      var features =
          samples
              .in(new Frame(START, Duration.ZERO, Duration.ofHours(1), Duration.ofHours(24)))
              .at(START.plus(Duration.ofHours(1)));
      return new Told(
          features.value(Feature.COLLECTIONS).orElse(0.0).intValue(),
          features.value(Feature.ANONYMOUS_MEMORY).orElse(0.0).intValue());
    }
  }
}
