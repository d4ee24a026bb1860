package dev.heapwarden.probes.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.buffer.Position;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.gclog.GoTrace;
import dev.heapwarden.probes.gomemory.MemoryFigures;
import dev.heapwarden.probes.probe.ProbeEvent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ContainerLedgerTest {
  private static final MapInstance MAP =
      new MapInstance(1, "0xc0ffee", "main.handle", "main.go:42", "map[string]*main.session");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:10Z");
  private static final long SECOND = 1_000_000_000L;

  private final SampleBuffer buffer = new SampleBuffer(1000, 1000, new Random(1));
  private final WallClock clock = new WallClock(() -> NOW, () -> 100 * SECOND);
  private final ContainerLedger ledger =
      new ContainerLedger(new ContainerKey("shop", "pod", "uid", "app", "id"));

  @Test
  void aContainersLiveHeapIsTheSumOverItsProcesses() {
    ledger.collected(new ProbeEvent.Collection(1, 90 * SECOND, 1000, 1, 0));
    ledger.collected(new ProbeEvent.Collection(2, 91 * SECOND, 500, 1, 0));
    ledger.collected(new ProbeEvent.Collection(1, 92 * SECOND, 2000, 1, 0));

    assertThat(flushed())
        .singleElement()
        .satisfies(
            sample -> {
              assertThat(sample.values())
                  .isEqualTo(Map.of(Signal.POST_GC_LIVE_HEAP, 2500.0, Signal.COLLECTIONS, 3.0));
              assertThat(sample.at()).isEqualTo(NOW.minusSeconds(8));
            });
  }

  @Test
  void aProcessThatEndedHoldsNoHeapButItsCollectionsHappened() {
    ledger.collected(new ProbeEvent.Collection(1, 90 * SECOND, 1000, 5, 0));
    ledger.collected(new ProbeEvent.Collection(2, 91 * SECOND, 500, 1, 0));
    ledger.retain(Set.of(2L));

    assertThat(flushed().getFirst().values())
        .isEqualTo(Map.of(Signal.POST_GC_LIVE_HEAP, 500.0, Signal.COLLECTIONS, 6.0));
  }

  @Test
  void collectionsThatWereNotWrittenDownInTimeCountToo() {
    ledger.traced(1, NOW, new GoTrace(10, 1000, 0));
    ledger.traced(2, NOW, new GoTrace(7, 500, 0));
    ledger.traced(1, NOW, new GoTrace(13, 2000, 0));

    assertThat(flushed().getLast().values())
        .isEqualTo(Map.of(Signal.POST_GC_LIVE_HEAP, 2500.0, Signal.COLLECTIONS, 5.0));
  }

  /** Those of a probe were told while it was attached. */
  @Test
  void whenAProbeIsLeftOutAndComesBackNoCollectionCountsTwice() {
    ledger.traced(1, NOW, new GoTrace(100, 1000, 0));
    ledger.collected(new ProbeEvent.Collection(1, 90 * SECOND, 1000, 40, 0));
    ledger.traced(1, NOW, new GoTrace(141, 1000, 0));
    ledger.traced(1, NOW, new GoTrace(142, 1000, 0));

    assertThat(flushed().getLast().values()).containsEntry(Signal.COLLECTIONS, 43.0);
  }

  @Test
  void aProcessThatHasThePidOfAnotherCountsFromItsOwnBeginning() {
    ledger.traced(1, NOW, new GoTrace(100, 1000, 0));
    ledger.retain(Set.of());
    ledger.traced(1, NOW, new GoTrace(1, 500, 0));

    assertThat(flushed().getLast().values())
        .isEqualTo(Map.of(Signal.POST_GC_LIVE_HEAP, 500.0, Signal.COLLECTIONS, 2.0));
  }

  @Test
  void aCycleThatDoesNotRiseIsAnotherPrograms() {
    ledger.traced(1, NOW, new GoTrace(100, 1000, 0));
    ledger.traced(1, NOW, new GoTrace(5, 7, 0));
    ledger.traced(1, NOW, new GoTrace(101, 1000, 0));

    assertThat(flushed().getLast().values())
        .isEqualTo(Map.of(Signal.POST_GC_LIVE_HEAP, 1000.0, Signal.COLLECTIONS, 2.0));
  }

  @Test
  void ofTheMarkTerminationsSinceTheSampleBeforeTheLongestIsTold() {
    ledger.collected(new ProbeEvent.Collection(1, 90 * SECOND, 1000, 1, 4_000_000));
    ledger.collected(new ProbeEvent.Collection(1, 91 * SECOND, 1000, 1, 1_000_000));
    assertThat(flushed().getLast().values()).containsEntry(Signal.MARK_TERMINATION, 0.004);

    ledger.traced(1, NOW, new GoTrace(3, 1000, 2_000_000));
    assertThat(flushed().getLast().values()).containsEntry(Signal.MARK_TERMINATION, 0.002);
    assertThat(ledger.values()).containsEntry(Signal.MARK_TERMINATION, 0.002);

    ledger.collected(new ProbeEvent.Collection(1, 95 * SECOND, 1000, 1, 0));
    assertThat(flushed().getLast().values()).doesNotContainKey(Signal.MARK_TERMINATION);
  }

  @Test
  void whatAGoProgramKeepsOfItselfIsToldAtOnceAndForgottenWhenItEnded() {
    ledger.allocated(
        1,
        NOW,
        new MemoryFigures(9, 4, 5, 70, 100, 80, 30, 50, 10, 2, 1, 60, 3, 1, 1, 100, 1 << 20),
        12,
        buffer);

    var told = buffer.since(Position.start()).samples().getLast();
    assertThat(told.origin()).isEqualTo(Origin.GO_MEMORY);
    assertThat(told.values())
        .isEqualTo(
            Map.of(
                Signal.GOROUTINES, 12.0,
                Signal.HEAP_SYS, 80.0,
                Signal.HEAP_IN_USE, 50.0,
                Signal.HEAP_IDLE, 30.0,
                Signal.HEAP_RELEASED, 10.0,
                Signal.SPAN_IN_USE, 2.0,
                Signal.ALLOCATED_OBJECTS, 9.0,
                Signal.FREED_OBJECTS, 4.0,
                Signal.ALLOCATED_BYTES, 100.0,
                Signal.FREED_BYTES, 30.0));
    assertThat(ledger.values()).containsEntry(Signal.GOROUTINES, 12.0);

    ledger.retain(Set.of(2L));
    assertThat(ledger.values()).doesNotContainKey(Signal.GOROUTINES);
  }

  @Test
  void pageFaultsAreCumulative() {
    ledger.faulted(90 * SECOND, 10);
    flushed();
    ledger.faulted(95 * SECOND, 5);

    assertThat(flushed().getLast().values()).isEqualTo(Map.of(Signal.PAGE_FAULTS, 15.0));
  }

  @Test
  void aMapThatGrowsOftenIsToldOncePerFlushWithItsLastSize() {
    for (int entries = 64; entries <= 4096; entries *= 2) {
      grown(0xc0ffee, entries);
    }

    assertThat(flushed())
        .singleElement()
        .satisfies(
            sample -> {
              assertThat(sample.origin()).isEqualTo(Origin.GO_MAP_UPROBE);
              assertThat(sample.values()).isEqualTo(Map.of(Signal.MAP_ENTRIES, 4096.0));
              assertThat(sample.subject()).isEqualTo(MAP);
            });
  }

  @Test
  void ofManyMapsTheLargestFiftyAreTold() {
    for (int map = 0; map < 500; map++) {
      grown(map, 64 + map);
    }

    assertThat(flushed())
        .hasSize(50)
        .allSatisfy(
            sample -> assertThat(sample.values().get(Signal.MAP_ENTRIES)).isGreaterThan(500.0));
  }

  @Test
  void theMapsOfAProcessThatGrewAreRememberedWithTheirLastSizeLargestFirst() {
    grown(0xa, 1000);
    grown(0xb, 64);
    grown(0xb, 4096);

    assertThat(ledger.maps().of(1))
        .extracting(map -> map.last().address(), map -> map.last().entries())
        .containsExactly(tuple(0xbL, 4096L), tuple(0xaL, 1000L));
    assertThat(ledger.maps().of(2)).isEmpty();
    ledger.retain(Set.of(2L));
    assertThat(ledger.maps().of(1)).isEmpty();
  }

  @Tag("E16")
  @Test
  void aMapThatIsBuiltAnewAtAnAddressIsCounted() {
    for (int life = 0; life < 3; life++) {
      grown(0xa, 64);
      grown(0xa, 4096);
      grown(0xb, 8000);
      grown(0xb, 10_000 + life);
    }

    assertThat(ledger.maps().of(1))
        .extracting(map -> map.last().address(), GrownMap::lives, GrownMap::begun)
        .containsExactly(tuple(0xbL, 1L, 90 * SECOND), tuple(0xaL, 3L, 90 * SECOND));
  }

  @Test
  void aMapOfAnotherPlaceAtAnAddressIsNotTheSameAgain() {
    grown(0xa, 4096);
    grown(0xa, 64);
    ledger.grown(
        new ProbeEvent.MapGrowth(1, 95 * SECOND, 0xa, 8, 0xabc, List.of()),
        () -> new MapInstance(1, "0xa", "main.other"));

    assertThat(ledger.maps().of(1))
        .singleElement()
        .satisfies(
            map -> {
              assertThat(map.lives()).isEqualTo(1);
              assertThat(map.begun()).isEqualTo(95 * SECOND);
            });
  }

  @Test
  void whereAJvmIsJudgedAGoProgramBesideItDoesNotCount() {
    ledger.judgesJvm(true);
    ledger.collected(new ProbeEvent.Collection(1, 90 * SECOND, 1000, 1, 0));
    grown(0xc0ffee, 64);

    assertThat(flushed()).isEmpty();
    assertThat(ledger.live()).isEmpty();
  }

  @Test
  void nothingNewIsNothingSaid() {
    ledger.collected(new ProbeEvent.Collection(1, 90 * SECOND, 1000, 1, 0));
    assertThat(flushed()).hasSize(1);
    assertThat(flushed()).hasSize(1);
  }

  private void grown(long address, long entries) {
    ledger.grown(
        new ProbeEvent.MapGrowth(1, 90 * SECOND, address, entries, 0xabc, List.of()), () -> MAP);
  }

  private List<Sample> flushed() {
    ledger.flush(buffer, clock);
    return buffer.since(Position.start()).samples();
  }
}
