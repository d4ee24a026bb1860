package dev.heapwarden.probes.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.buffer.Position;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.gclog.GoTrace;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.probe.ProbeEvent;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.Web;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final SampleBuffer buffer = new SampleBuffer(100, 100, new Random(1));
  private final Ledger ledger =
      new Ledger(buffer, new Sites(), new WallClock(() -> NOW, () -> 0), Path.of("/proc"));

  @Test
  void aProgramThatExecutesItselfAgainCountsFromItsOwnBeginning() {
    runs(7, 1);
    ledger.traced(Web.KEY, 7, NOW, new GoTrace(100, 1000, 0));
    runs(7, 1);
    ledger.traced(Web.KEY, 7, NOW, new GoTrace(101, 1000, 0));

    runs(7, 2);
    ledger.traced(Web.KEY, 7, NOW, new GoTrace(1, 500, 0));
    ledger.traced(Web.KEY, 7, NOW, new GoTrace(2, 600, 0));

    assertThat(ledger.values(Web.KEY))
        .containsEntry(Signal.COLLECTIONS, 4.0)
        .containsEntry(Signal.POST_GC_LIVE_HEAP, 600.0);
  }

  @Test
  void whatAProgramHeldBeforeItExecutedAnotherIsForgotten() {
    runs(7, 1);
    ledger.accept(new ProbeEvent.Collection(7, 1, 1000, 3, 0));
    ledger.accept(new ProbeEvent.MapGrowth(7, 1, 0xc0ffee, 100, 0, List.of()));
    runs(7, 1);
    assertThat(ledger.values(Web.KEY)).containsEntry(Signal.POST_GC_LIVE_HEAP, 1000.0);
    assertThat(ledger.maps(7)).hasSize(1);

    runs(7, 2);

    assertThat(ledger.values(Web.KEY))
        .doesNotContainKey(Signal.POST_GC_LIVE_HEAP)
        .containsEntry(Signal.COLLECTIONS, 3.0);
    assertThat(ledger.maps(7)).isEmpty();
  }

  @Test
  void whatASnapshotFindsInAGoProgramIsASampleOfIt() {
    ledger.found(Web.KEY, Map.of(Signal.MAP_HEAP_SHARE, 0.5));
    runs(7, 1);
    ledger.found(Web.KEY, Map.of(Signal.MAP_HEAP_SHARE, 0.7));

    assertThat(buffer.since(Position.start()).samples())
        .as("nobody watched it at first")
        .extracting(Sample::origin, Sample::values)
        .containsExactly(tuple(Origin.GO_MEMORY, Map.of(Signal.MAP_HEAP_SHARE, 0.7)));
  }

  private void runs(long pid, long stack) {
    ledger.targets(
        List.of(
            new Target(
                Web.watched(),
                Optional.empty(),
                List.of(
                    new TargetProcess(
                        new TargetProcess.Identity(
                            Web.KEY.containerId(), pid, 1, new ExecutableId(1, 2), stack),
                        4096,
                        RuntimeKind.GO,
                        Path.of("/proc/7/exe"),
                        Optional.empty(),
                        Optional.empty(),
                        0)))));
  }
}
