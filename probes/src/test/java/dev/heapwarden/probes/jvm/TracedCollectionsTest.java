package dev.heapwarden.probes.jvm;

import static dev.heapwarden.probes.jvm.TracedCollections.word;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Origin;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Names and orders are those of real JVMs, recorded. */
class TracedCollectionsTest {
  private static final long MIB = 1 << 20;

  private final TracedCollections traced = new TracedCollections();

  @Test
  void whatCleansTheOldGenerationCountsAndWhatIsYoungDoesNot() {
    collected("Copy", "Tenured Gen", 90);
    collected("MarkSweepCompact", "Tenured Gen", 40);

    assertThat(traced.told())
        .isEqualTo(
            new JvmFigures(
                Origin.JVM_USDT,
                OptionalLong.of(40 * MIB),
                OptionalLong.of(400 * MIB),
                OptionalLong.of(1),
                OptionalDouble.of(0),
                OptionalLong.of(MIB),
                OptionalLong.empty(),
                OptionalLong.empty()));
    collected("PS MarkSweep", "PS Old Gen", 41);
    collected("G1 Old Generation", "G1 Old Gen", 42);
    collected("ZGC Minor Cycles", "ZGC Old Generation", 43);
    collected("ZGC Major Cycles", "ZGC Old Generation", 44);
    assertThat(traced.told().oldCollections()).hasValue(4);
  }

  /** JDK 25 tells the pools after each of the two pauses of a cycle, and JDK 17 not at all. */
  @Test
  void twoPausesThatTellNoPoolAreACycleOfG1() {
    collected("G1 Young Generation", "G1 Old Gen", 90);
    traced.paused(5_000_000, true);
    traced.paused(2_000_000, false);
    assertThat(traced.told().oldCollections()).hasValue(0);
    collected("G1 Concurrent GC", "G1 Old Gen", 90);
    traced.paused(1_000_000, false);
    collected("G1 Concurrent GC", "G1 Old Gen", 90);

    assertThat(traced.told().oldCollections()).hasValue(1);
    assertThat(traced.told().pauseSeconds()).hasValue(0.008);
  }

  @Test
  void ofCollectorsWithoutGenerationsNothingIsLive() {
    for (var pool : new String[] {"ZHeap", "Shenandoah"}) {
      collected(pool + " Cycles", pool, 90);
      traced.paused(5_000_000, false);

      assertThat(traced.told().oldUsed()).isEmpty();
      assertThat(traced.told().oldCollections()).isEmpty();
      assertThat(traced.told().pauseSeconds()).isEmpty();
      assertThat(traced.told().metaspaceUsed()).hasValue(MIB);
      assertThat(TracedCollections.untold(word(pool)).orElseThrow())
          .contains("do not tell what its collections leave, nor for how long");
    }
    assertThat(TracedCollections.untold(word("ZGC Old Generation")))
        .contains(
            "the probes of generational ZGC do not tell for how long its collections stop the"
                + " program");
    assertThat(TracedCollections.untold(word("G1 Old Gen"))).isEmpty();
  }

  @Test
  void whatLiesBehindTheEndOfANameIsNoPartOfIt() {
    traced.collected(word("ZGC Cycl"), word("ZHeap") | 0x6f6e_0000_0000_0000L, 90, 400, 1);

    assertThat(traced.told().metaspaceUsed()).hasValue(1);
    assertThat(TracedCollections.untold(word("ZHeap") | 0x6f6e_0000_0000_0000L).orElseThrow())
        .contains("ZGC without generations");
  }

  @Test
  void aPoolThatIsNotKnownTellsNothingOfTheOldGeneration() {
    collected("Train", "Train Gen", 90);
    assertThat(traced.told().oldUsed()).isEmpty();
    assertThat(traced.told().oldCollections()).isEmpty();
  }

  private void collected(String manager, String pool, long mebibytes) {
    traced.collected(word(manager), word(pool), mebibytes * MIB, 400 * MIB, MIB);
  }
}
