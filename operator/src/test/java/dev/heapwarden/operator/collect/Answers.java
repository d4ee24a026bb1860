package dev.heapwarden.operator.collect;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.JavaClass;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.SampleBatch;
import dev.heapwarden.detection.sample.Signal;
import java.net.URI;
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

  static Sample classCount(
      long sequence, ContainerKey container, JavaClass counted, double instances) {
    return new Sample(
        sequence,
        START.plusSeconds(sequence),
        container,
        Origin.CLASS_HISTOGRAM,
        Map.of(Signal.CLASS_INSTANCES, instances),
        counted);
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
        Map.of(map == null ? Signal.ANONYMOUS_MEMORY : Signal.MAP_ENTRIES, (double) sequence),
        map);
  }
}
