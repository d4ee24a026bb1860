package dev.heapwarden.e2e.accuracy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.e2e.corpus.Corpus;
import dev.heapwarden.e2e.corpus.Trace.Snapshot;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The class of a leak, by samples and by the snapshot that its incident ordered. */
class NamedLeakTest {
  private static final Corpus CORPUS =
      Corpus.in(Path.of(System.getProperty("heapwarden.root")).resolve("e2e/corpus"));

  private static final Snapshot CLASS_GROWS =
      snapshot(
          """
          phase: Completed
          site: shop.Order
          artifacts: [{kind: ClassHistogram, state: Taken}]
          classes:
          - {className: shop.Order, instances: 90000, bytes: 2160000, bytesPerSecond: 9000.0, platform: false}
          """);

  @Test
  void aSnapshotSaysMoreThanAHeapThatGrows() {
    var named = of(Cause.OLD_GENERATION);

    assertThat(named.cause()).isEqualTo(Cause.CLASS_GROWTH);
    assertThat(named.layer()).isEqualTo(Layer.APPLICATION);
    assertThat(named.site()).isEqualTo("shop.Order");
  }

  @Test
  void whatSamplesKnowBetterStays() {
    var named = of(Cause.METASPACE);

    assertThat(named.cause()).isEqualTo(Cause.METASPACE);
    assertThat(named.layer()).isEqualTo(Layer.RUNTIME);
  }

  @Test
  void withoutASnapshotSamplesNameIt() {
    var sampled = sampled(Cause.OLD_GENERATION);

    assertThat(NamedLeak.of(sampled, sampled, List.of())).isEqualTo(sampled);
  }

  @Test
  void aSnapshotAloneAccusesNobody() {
    var unconfirmed =
        new Result(
            CORPUS.leaking().getFirst(),
            Optional.of(10.0),
            Optional.empty(),
            0,
            300,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            0);

    assertThat(unconfirmed.with(List.of(CLASS_GROWS)).confirmed()).isEmpty();
  }

  private static Evidence of(Cause cause) {
    return NamedLeak.of(sampled(cause), sampled(cause), List.of(CLASS_GROWS));
  }

  private static Evidence sampled(Cause cause) {
    return new Evidence(cause.layer(), cause, "It grows.", null, null, "", List.of(), Map.of());
  }

  private static Snapshot snapshot(String yaml) {
    return new Snapshot(Instant.EPOCH, Serialization.unmarshal(yaml, MemorySnapshotStatus.class));
  }
}
