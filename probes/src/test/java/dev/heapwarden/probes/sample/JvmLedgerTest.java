package dev.heapwarden.probes.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.jvm.JvmCounters;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JvmLedgerTest {
  private final JvmLedger ledger = new JvmLedger();

  /** What young collections leave in the old generation falls away again. */
  @Test
  void onlyTheLowestLevelBetweenTwoCollectionsThatCleanIsLive() {
    assertThat(ledger.read(7, counters(0, 50))).isFalse();
    assertThat(ledger.read(7, counters(1, 40))).isFalse();
    assertThat(ledger.live()).isEmpty();

    assertThat(ledger.read(7, counters(1, 30))).isFalse();
    assertThat(ledger.read(7, counters(1, 90))).isFalse();
    assertThat(ledger.read(7, counters(3, 95))).isTrue();
    assertThat(ledger.live())
        .isEqualTo(Map.of(Signal.POST_GC_LIVE_HEAP, 30.0, Signal.COLLECTIONS, 3.0));

    assertThat(ledger.read(7, counters(4, 35))).isTrue();
    assertThat(ledger.live()).containsEntry(Signal.POST_GC_LIVE_HEAP, 35.0);
  }

  @Test
  void levelsAreThoseOfNow() {
    ledger.read(7, counters(1, 40));
    ledger.read(8, counters(0, 2));

    assertThat(ledger.values())
        .containsEntry(Signal.OLD_GENERATION, 42.0)
        .containsEntry(Signal.GC_PAUSE_TIME, 3.0)
        .containsEntry(Signal.THREADS, 20.0)
        .containsEntry(Signal.HEAP_LIMIT, 400.0)
        .containsEntry(Signal.METASPACE, 2000.0);
  }

  @Test
  void aJvmThatEndedCountsNoMore() {
    ledger.read(7, counters(1, 40));
    ledger.retain(Set.of());

    assertThat(ledger.values()).isEmpty();
  }

  private static JvmCounters counters(long oldCollections, long oldUsed) {
    return new JvmCounters("25", "G1", oldUsed, 200, oldCollections, 5, 1.5, 1000, 10);
  }
}
