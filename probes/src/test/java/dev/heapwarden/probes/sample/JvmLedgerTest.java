package dev.heapwarden.probes.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.jvm.Collector;
import dev.heapwarden.probes.jvm.JvmCounters;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JvmLedgerTest {
  private final JvmLedger ledger = new JvmLedger();

  /** What young collections leave in the old generation falls away again. */
  @Test
  void onlyTheLowestLevelBetweenTwoCollectionsThatCleanIsLive() {
    assertThat(ledger.read(7, counters(0, 50).figures())).isFalse();
    assertThat(ledger.read(7, counters(1, 40).figures())).isFalse();
    assertThat(ledger.live()).isEmpty();

    assertThat(ledger.read(7, counters(1, 30).figures())).isFalse();
    assertThat(ledger.read(7, counters(1, 90).figures())).isFalse();
    assertThat(ledger.read(7, counters(3, 95).figures())).isTrue();
    assertThat(ledger.live())
        .isEqualTo(Map.of(Signal.POST_GC_LIVE_HEAP, 30.0, Signal.COLLECTIONS, 3.0));

    assertThat(ledger.read(7, counters(4, 35).figures())).isTrue();
    assertThat(ledger.live()).containsEntry(Signal.POST_GC_LIVE_HEAP, 35.0);
  }

  @Test
  void levelsAreThoseOfNow() {
    ledger.read(7, counters(1, 40).figures());

    assertThat(ledger.values())
        .containsEntry(Signal.OLD_GENERATION, 40.0)
        .containsEntry(Signal.GC_PAUSE_TIME, 1.5)
        .containsEntry(Signal.THREADS, 10.0)
        .containsEntry(Signal.HEAP_LIMIT, 200.0)
        .containsEntry(Signal.METASPACE, 1000.0)
        .containsEntry(Signal.LOADED_CLASSES, 700.0);
  }

  @Test
  void twoJvmsAreNeverAddedUp() {
    ledger.read(7, counters(1, 40).figures());
    ledger.read(7, counters(2, 40).figures());
    ledger.read(7, counters(3, 30).figures());
    assertThat(ledger.live()).containsEntry(Signal.POST_GC_LIVE_HEAP, 30.0);

    ledger.read(8, counters(9, 2).figures());
    assertThat(ledger.values()).containsEntry(Signal.OLD_GENERATION, 2.0);
    assertThat(ledger.live()).isEmpty();
    assertThat(ledger.collections()).isEqualTo(2);
  }

  @Test
  void ofACollectorThatDoesNotTellWhatItLeavesNothingIsTakenForLive() {
    var silent = counters(Collector.ZGC, OptionalLong.empty(), 90);
    for (int i = 0; i < 5; i++) {
      assertThat(ledger.read(7, silent.figures())).isFalse();
    }
    assertThat(ledger.live()).isEmpty();
    assertThat(ledger.values())
        .containsEntry(Signal.THREADS, 10.0)
        .doesNotContainKeys(Signal.OLD_GENERATION, Signal.COLLECTIONS);
    assertThat(silent.notLive()).hasValueSatisfying(reason -> assertThat(reason).contains("ZGC"));
  }

  @Test
  void aJvmThatEndedCountsNoMore() {
    ledger.read(7, counters(1, 40).figures());
    ledger.retain(Set.of());

    assertThat(ledger.values()).isEmpty();
  }

  private static JvmCounters counters(long oldCollections, long oldUsed) {
    return counters(Collector.G1, OptionalLong.of(oldCollections), oldUsed);
  }

  private static JvmCounters counters(
      Collector collector, OptionalLong oldCollections, long oldUsed) {
    return new JvmCounters(
        Origin.HSPERFDATA,
        "25",
        collector,
        100,
        10,
        oldUsed,
        200,
        oldCollections,
        5,
        1.5,
        2.5,
        1000,
        10,
        700);
  }
}
