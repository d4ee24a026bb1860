package dev.heapwarden.detection;

import static dev.heapwarden.detection.SimulatedContainer.DEFAULTS;
import static dev.heapwarden.detection.SimulatedContainer.DEMO;
import static dev.heapwarden.detection.SimulatedContainer.MIB;
import static dev.heapwarden.detection.SimulatedContainer.PRESETS;
import static dev.heapwarden.detection.SimulatedContainer.START;
import static dev.heapwarden.detection.SimulatedContainer.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.detection.verdict.Verdict.Inconclusive;
import dev.heapwarden.detection.verdict.Verdict.Inconclusive.Reason;
import dev.heapwarden.detection.verdict.Witness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DetectorTest {
  private static SimulatedContainer leak(long seed, double seconds) {
    return new SimulatedContainer(seed, seconds)
        .liveHeap(3, 0.01, age -> 20 * MIB + 0.5 * MIB * age)
        .cgroup(5, 0.01, age -> 45 * MIB + 0.9 * MIB * age, 512 * MIB)
        .swissMap("main.handle", age -> 310 * age);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void aLeakIsConfirmedWithinNinetySecondsWithItsSlopeAndItsSite(long seed) {
    var verdict = leak(seed, 90).verdict(DEMO, 90);

    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    var evidence = verdict.evidence();
    assertThat(evidence.layer()).isEqualTo(Layer.APPLICATION);
    assertThat(evidence.cause()).isEqualTo(Cause.MAP_GROWTH);
    assertThat(evidence.site()).isEqualTo("main.handle");
    assertThat(evidence.growth())
        .isNotNull()
        .satisfies(
            growth -> {
              assertThat(growth.bytesPerSecond()).isBetween(0.45 * MIB, 0.55 * MIB);
              assertThat(growth.bytesPerSecond()).isBetween(growth.low(), growth.high());
            });
    // 386 MiB are left at 90 s; at 0.5 MiB/s they last 772 s.
    assertThat(evidence.timeToLimit()).isBetween(Duration.ofSeconds(650), Duration.ofSeconds(900));
    assertThat(evidence.sentence())
        .startsWith("Application, map growth: post-GC live heap grows 0.")
        .contains(" MiB/s (95 % 0.", "a map written by main.handle gains 310 entries/s")
        .containsPattern("1\\.[78] GiB/h, over 5[0-9]s")
        .containsPattern("memory limit in 1[0-9]m( [0-9]+s)? \\(95 % 1[0-9]m( [0-9]+s)? to 1[0-9]m")
        .endsWith(".");
  }

  @Tag("E9")
  @Test
  void theFindingNamesTheMapsTypeAndTheLineThatWritesIt() {
    var map = new MapInstance(7, "0xc000", "main.handle", "main.go:42", "map[string]*main.session");
    var verdict =
        new SimulatedContainer(1, 90)
            .liveHeap(3, 0.01, age -> 20 * MIB + 0.5 * MIB * age)
            .cgroup(5, 0.01, age -> 45 * MIB + 0.9 * MIB * age, 512 * MIB)
            .swissMap(map, age -> 310 * age)
            .verdict(DEMO, 90);

    assertThat(verdict.evidence().sentence())
        .contains("; map[string]*main.session at main.handle (main.go:42) gains 310 entries/s;");
    assertThat(verdict.evidence().site()).isEqualTo("main.handle");
  }

  @Test
  void theTrueSlopeLiesWithinTheIntervalAboutAsOftenAsItSays() {
    int within = 0;
    for (int seed = 0; seed < 100; seed++) {
      var growth =
          new SimulatedContainer(seed, 150)
              .liveHeap(3, 0.01, age -> 20 * MIB + 0.5 * MIB * age)
              .verdict(DEMO, 150)
              .evidence()
              .growth();
      if (growth != null && growth.low() <= 0.5 * MIB && 0.5 * MIB <= growth.high()) {
        within++;
      }
    }
    assertThat(within).isBetween(90, 100);
  }

  @Test
  void aConfirmedLeakStaysConfirmed() {
    var leak = leak(1, 600);
    for (double age = 100; age <= 600; age += 10) {
      assertThat(leak.verdict(DEMO, age)).as("at %s s", age).isInstanceOf(Verdict.Confirmed.class);
    }
  }

  @Test
  void aSlowLeakIsConfirmedWithTheDefaultSettings() {
    var verdict =
        new SimulatedContainer(1, 7200)
            .liveHeap(120, 0.01, age -> 100 * MIB + 0.01 * MIB * age)
            .cgroup(15, 0.01, age -> 230 * MIB + 0.02 * MIB * age, 512 * MIB)
            .verdict(DEFAULTS, 7200);

    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().layer()).isEqualTo(Layer.APPLICATION);
    assertThat(verdict.evidence().cause()).isEqualTo(Cause.UNKNOWN);
  }

  @Test
  void aMapOfAnOlderGoIsAWitnessToo() {
    var verdict =
        new SimulatedContainer(1, 120)
            .liveHeap(3, 0.01, age -> 20 * MIB + 0.5 * MIB * age)
            .bucketMap("main.handle", age -> 310 * age)
            .verdict(DEMO, 120);

    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().site()).isEqualTo("main.handle");
  }

  @Test
  void flatResidentMemoryDoesNotSpeakAgainstALeak() {
    var verdict =
        new SimulatedContainer(1, 120)
            .liveHeap(3, 0.01, age -> 20 * MIB + 0.5 * MIB * age)
            .anonymous(5, 0.001, _ -> 548 * MIB)
            .swissMap("main.handle", age -> 310 * age)
            .verdict(DEMO, 120);

    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().witnesses())
        .extracting(Witness::kind, Witness::stance)
        .contains(
            org.assertj.core.groups.Tuple.tuple(
                Witness.Kind.ANONYMOUS_MEMORY, Witness.Stance.NEUTRAL));
  }

  @Test
  void withoutALimitThereIsNoTimeToIt() {
    var verdict =
        new SimulatedContainer(1, 120)
            .liveHeap(3, 0.01, age -> 20 * MIB + 0.5 * MIB * age)
            .anonymous(5, 0.01, age -> 45 * MIB + 0.9 * MIB * age)
            .verdict(DEMO, 120);

    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().timeToLimit()).isNull();
    assertThat(verdict.evidence().features()).doesNotContainKey("memory_used_ratio");
  }

  @Test
  void nothingIsSaidDuringWarmUp() {
    assertThat(leak(1, 29).verdict(DEMO, 29)).isInstanceOf(Inconclusive.class);
    assertThat(reason(leak(1, 29).verdict(DEMO, 29))).isEqualTo(Reason.WARM_UP);
  }

  @Test
  void sevenCollectionsSayNothing() {
    var idle =
        new SimulatedContainer(1, 1200)
            .liveHeap(120, 0.01, age -> 20 * MIB + 0.5 * MIB * age)
            .anonymous(15, 0.01, age -> 45 * MIB + 0.9 * MIB * age)
            .swissMap("main.handle", age -> 310 * age);

    var verdict = idle.verdict(DEFAULTS, 900);

    assertThat(reason(verdict)).isEqualTo(Reason.TOO_FEW_COLLECTIONS);
    assertThat(verdict.evidence().sentence()).contains("of 8 that a trend needs");
  }

  @Test
  void aRefusedCollectionProbeIsNotCalledHealthy() {
    var verdict =
        new SimulatedContainer(1, 300).anonymous(5, 0.01, _ -> 45 * MIB).verdict(DEMO, 300);

    assertThat(reason(verdict)).isEqualTo(Reason.MISSING_SIGNAL);
  }

  @Test
  void aProgramWithoutGrowingMapsIsHealthy() {
    var verdict =
        new SimulatedContainer(1, 300)
            .liveHeap(3, 0.01, _ -> 20 * MIB)
            .anonymous(5, 0.01, _ -> 45 * MIB)
            .verdict(DEMO, 300);

    assertThat(verdict).isInstanceOf(Verdict.Healthy.class);
    assertThat(verdict.evidence().sentence()).startsWith("No leak: post-GC live heap at 20");
  }

  @Test
  void memoryThatGrowsOutsideTheLiveHeapIsOnlySuspectedAndInTheKernelsLayer() {
    var verdict =
        new SimulatedContainer(1, 300)
            .liveHeap(3, 0.01, _ -> 20 * MIB)
            .anonymous(5, 0.01, age -> 45 * MIB + 0.5 * MIB * age)
            .verdict(DEMO, 300);

    assertThat(verdict).isInstanceOf(Verdict.Suspected.class);
    assertThat(verdict.evidence().layer()).isEqualTo(Layer.KERNEL);
  }

  @Test
  void witnessesThatDisagreeAreAContradiction() {
    var verdict =
        new SimulatedContainer(1, 300)
            .liveHeap(3, 0.01, _ -> 20 * MIB)
            .anonymous(5, 0.01, age -> 45 * MIB + 0.5 * MIB * age)
            .swissMap("main.handle", age -> 310 * age)
            .verdict(DEMO, 300);

    assertThat(reason(verdict)).isEqualTo(Reason.CONTRADICTION);
    assertThat(verdict.evidence().sentence()).contains("Against it: post-GC live heap at 20");
  }

  @Test
  void ofAnUnknownRuntimeNoRuleSpeaks() {
    var verdict = PRESETS.evaluate(leak(1, 90).samples(), RuntimeKind.UNKNOWN, START, DEMO, at(90));

    assertThat(reason(verdict)).isEqualTo(Reason.NO_RULE);
  }

  @Test
  void theOrderOfSamplesAndTheirRepetitionDoNotMatter() {
    var samples = leak(1, 90).samples();
    var shuffled = new ArrayList<>(samples);
    shuffled.addAll(samples.subList(0, samples.size() / 2));
    Collections.shuffle(shuffled, new Random(1));

    var inOrder = PRESETS.evaluate(samples, RuntimeKind.GO, START, DEMO, at(90));

    assertThat(PRESETS.evaluate(shuffled, RuntimeKind.GO, START, DEMO, at(90))).isEqualTo(inOrder);
    assertThat(inOrder).isInstanceOf(Verdict.Confirmed.class);
  }

  @Test
  void samplesFromTheFutureAreNotLookedAt() {
    var whole = leak(1, 300);

    assertThat(PRESETS.evaluate(whole.samples(), RuntimeKind.GO, START, DEMO, at(90)))
        .isEqualTo(whole.verdict(DEMO, 90));
  }

  @Test
  void aDeadAgentsLastReadingsAreNotTakenForNow() {
    var verdict = leak(1, 90).verdict(DEMO, 600);

    assertThat(verdict.evidence().features())
        .doesNotContainKeys("anonymous_memory", "gc_rate", "memory_used_ratio");
  }

  private static Reason reason(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Inconclusive.class);
    return ((Inconclusive) verdict).reason();
  }
}
