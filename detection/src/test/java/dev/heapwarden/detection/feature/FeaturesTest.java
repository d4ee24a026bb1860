package dev.heapwarden.detection.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FeaturesTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Frame FRAME =
      new Frame(START, Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofMinutes(10));
  private static final ContainerKey KEY = new ContainerKey("n", "p", "u", "c", "i");
  private static final MapInstance MAP = new MapInstance(7, "0xc000010000", "main.put");

  private final List<Sample> samples = new ArrayList<>();

  @Test
  void aCounterThatStartsAnewIsCountedOn() {
    add(100, Signal.PAGE_FAULTS, 1000);
    add(120, Signal.PAGE_FAULTS, 1600);
    add(140, Signal.PAGE_FAULTS, 200);
    add(160, Signal.PAGE_FAULTS, 400);

    assertThat(at(160).value(Feature.PAGE_FAULT_RATE)).contains((600.0 + 200 + 200) / 60);
  }

  @Tag("E19")
  @Test
  void requestsHaveARateAMeanTimeAndAShareThatSucceeds() {
    for (int age = 100; age <= 160; age += 15) {
      add(age, Signal.REQUESTS, 50.0 * age);
      add(age, Signal.REQUEST_TIME, 50.0 * age * 0.02);
      add(age, Signal.FAILED_REQUESTS, 50.0 * age * 0.01);
    }

    assertThat(value(160, Feature.REQUEST_RATE)).isCloseTo(50, within(1e-6));
    assertThat(value(160, Feature.REQUEST_TIME)).isCloseTo(0.02, within(1e-6));
    assertThat(value(160, Feature.SUCCESS_RATE)).isCloseTo(0.99, within(1e-6));
  }

  /** Whoever answers twice as much gains twice as much, at the same figure. */
  @Test
  void whatGrowsIsToldForEachRequestOfTheSameTime() {
    for (int age = 40; age <= 200; age += 10) {
      add(age, Signal.ANONYMOUS_MEMORY, 1e6 + 51_200.0 * age);
      add(age, Signal.REQUESTS, 50.0 * age);
    }
    assertThat(value(200, Feature.GROWTH_PER_REQUEST)).isCloseTo(1024, within(1e-6));

    for (int age = 41; age <= 200; age += 10) {
      add(age, Signal.POST_GC_LIVE_HEAP, 1e6 + 25_600.0 * age);
    }
    assertThat(value(200, Feature.GROWTH_PER_REQUEST)).isCloseTo(512, within(1e-6));
  }

  /** Over the window: pauses, highest less lowest old generation, and metaspace gained. */
  @Tag("E6")
  @Test
  void ofTheWindowTheShareOfPausesTheSwingAndTheGainedMetaspaceAreTold() {
    for (int age = 40; age <= 160; age += 15) {
      add(age, Signal.GC_PAUSE_TIME, age < 100 ? 0 : 0.1 * (age - 100));
      add(age, Signal.OLD_GENERATION, age == 130 ? 730e6 : 100e6);
      add(age, Signal.METASPACE, age < 100 ? 40e6 : 40e6 + 3_000.0 * (age - 100));
      add(age, Signal.COLLECTIONS, age / 15.0);
    }

    assertThat(value(160, Feature.AVG_PAUSE_RATIO)).isCloseTo(0.1, within(1e-9));
    assertThat(value(160, Feature.OLD_GEN_GROWTH_RATE)).isCloseTo(630e6 / 60, within(1.0));
    assertThat(value(160, Feature.METASPACE_LEAK_SCORE)).isCloseTo(3_000, within(1.0));
    assertThat(value(160, Feature.FULL_GC_INTERVAL)).isCloseTo(15, within(1e-9));
  }

  /** 600 files, then 100, then ever more: 725 are a quarter of the fall above the 600. */
  @Test
  void whatIsOpenAgainWasNotGained() {
    for (int age = 40; age <= 2200; age += 5) {
      add(age, Signal.OPEN_FILES, age < 640 ? 600 : 100 + 0.5 * (age - 640));
    }

    assertThat(value(1500, Feature.OPEN_FILES_GAINED)).isZero();
    assertThat(value(1800, Feature.OPEN_FILES_GAINED)).isZero();
    assertThat(value(2200, Feature.OPEN_FILES_GAINED)).isCloseTo(300, within(30.0));
  }

  @Test
  void requestsThatNeverCameTookNoTimeThatCouldBeTold() {
    for (int age = 100; age <= 160; age += 15) {
      add(age, Signal.REQUESTS, 7);
      add(age, Signal.REQUEST_TIME, 0.1);
    }

    assertThat(value(160, Feature.REQUEST_RATE)).isZero();
    assertThat(at(160).value(Feature.REQUEST_TIME)).isEmpty();
  }

  @Test
  void ofSeveralSourcesOfOneCountTheFinestIsHeardAndNoneIsMixedIn() {
    for (int age = 100; age <= 160; age += 15) {
      told(Origin.EXPVAR, age, Signal.PAGE_FAULTS, 900 + age);
      told(Origin.PROMETHEUS, age + 1, Signal.PAGE_FAULTS, 1_000 + 2.0 * age);
      told(Origin.HSPERFDATA, age + 2, Signal.PAGE_FAULTS, 5_000 + 3.0 * age);
    }

    assertThat(value(162, Feature.PAGE_FAULT_RATE)).isCloseTo(3, within(1e-6));
  }

  @Test
  void whereTheFinestFallsSilentTheNextIsHeardWithAllThatItSaid() {
    told(Origin.HSPERFDATA, 90, Signal.PAGE_FAULTS, 5_000);
    for (int age = 85; age <= 160; age += 15) {
      told(Origin.PROMETHEUS, age, Signal.PAGE_FAULTS, 1_000 + 2.0 * age);
    }

    assertThat(value(160, Feature.PAGE_FAULT_RATE)).isCloseTo(2, within(1e-6));
  }

  @Test
  void aSourceThatIsNotOfferedGoesOnForAnotherSuchOne() {
    told(Origin.HSPERFDATA, 110, Signal.PAGE_FAULTS, 100);
    told(Origin.JVM_GC_LOG, 120, Signal.PAGE_FAULTS, 110);
    told(Origin.HSPERFDATA, 130, Signal.PAGE_FAULTS, 120);

    assertThat(value(140, Feature.PAGE_FAULT_RATE)).isCloseTo(1, within(1e-6));
  }

  @Test
  void theSlopeThroughALineIsExact() {
    for (int age = 40; age <= 200; age += 10) {
      add(age, Signal.POST_GC_LIVE_HEAP, 1e6 + 100.0 * age);
    }

    assertThat(value(200, Feature.LIVE_HEAP_SLOPE)).isCloseTo(100, within(1e-6));
    assertThat(value(200, Feature.LIVE_HEAP_SLOPE_LOW)).isCloseTo(100, within(1e-6));
    assertThat(value(200, Feature.LIVE_HEAP)).isCloseTo(1.02e6, within(1e-3));
    assertThat(value(200, Feature.LIVE_HEAP_RISE)).isCloseTo(16_000, within(1e-3));
    assertThat(value(200, Feature.LIVE_HEAP_GROWTH)).isCloseTo(16_000 / 1.004e6, within(1e-6));
    assertThat(value(200, Feature.LIVE_HEAP_STEADINESS)).isCloseTo(1, within(1e-6));
    assertThat(value(200, Feature.COLLECTIONS)).isEqualTo(17);
  }

  @Test
  void tiedValuesMakeAFlatTrendAndNoError() {
    for (int age = 40; age <= 200; age += 10) {
      add(age, Signal.POST_GC_LIVE_HEAP, 1e6);
    }

    assertThat(value(200, Feature.LIVE_HEAP_SLOPE_LOW)).isZero();
    assertThat(value(200, Feature.LIVE_HEAP_SLOPE_HIGH)).isZero();
    assertThat(value(200, Feature.LIVE_HEAP_STEADINESS)).isZero();
  }

  /**
   * The data of Sen 1968: 21 pairs, of which (21 - 1.96 x sqrt(44.3)) / 2 = 3 lie outside on each
   * side.
   */
  @Test
  void theIntervalFollowsKendallsVariance() {
    var line =
        TheilSen.of(
            new Series(
                new double[] {1, 2, 3, 4, 10, 12, 18}, new double[] {9, 15, 19, 20, 45, 55, 78}));

    assertThat(line.slope()).isEqualTo(4.0);
    assertThat(line.low()).isCloseTo(11 / 3.0, within(1e-9));
    assertThat(line.high()).isCloseTo(5, within(1e-9));
  }

  @Test
  void manyCollectionsAreThinnedToMediansThatKeepTheSlope() {
    for (int i = 0; i < 20_000; i++) {
      double age = 40 + i * 0.02;
      add(age, Signal.POST_GC_LIVE_HEAP, 1e6 + 100.0 * age + (i % 10 == 0 ? 5e5 : 0));
    }

    assertThat(value(440, Feature.LIVE_HEAP_SLOPE)).isCloseTo(100, within(1.0));
    assertThat(value(440, Feature.COLLECTIONS)).isEqualTo(20_000);
  }

  @Test
  void pointsBeforeWarmUpAndBeyondTheHorizonDoNotCount() {
    for (int age = 5; age <= 1200; age += 5) {
      add(age, Signal.POST_GC_LIVE_HEAP, age <= 30 ? 1 : 1e6);
    }

    assertThat(value(150, Feature.LIVE_HEAP_SLOPE_HIGH)).isZero();
    // The far end of the horizon is as coarse as what is that old.
    assertThat(value(1200, Feature.COLLECTIONS)).isCloseTo(121, within(5.0));
  }

  @Test
  void aValueThatIsNoNumberIsLeftOut() {
    add(100, Signal.ANONYMOUS_MEMORY, 5);
    add(110, Signal.ANONYMOUS_MEMORY, Double.NaN);

    assertThat(at(110).value(Feature.ANONYMOUS_MEMORY)).contains(5.0);
  }

  @Test
  void aMapThatIsSilentForLongerThanItTookToDoubleHasStopped() {
    for (int i = 0; i < 6; i++) {
      grew(40 + 10 * i, 1000 + 100 * i);
    }

    // 10 entries/s and 1,500 of them: it doubles by 240, and has a quarter more time.
    assertThat(value(270, Feature.MAP_GROWTH_RATE)).isCloseTo(10, within(1e-9));
    assertThat(value(270, Feature.MAP_ENTRIES)).isEqualTo(1500);
    assertThat(value(270, Feature.MAP_GROWTH)).isCloseTo(0.5, within(1e-9));
    assertThat(value(280, Feature.MAP_GROWTH_RATE)).isZero();
    assertThat(value(280, Feature.MAP_ENTRIES)).isEqualTo(1500);
  }

  @Test
  void aMapThatFilledDuringWarmUpDoesNotGrow() {
    for (int i = 0; i < 6; i++) {
      grew(4 * i, 1000 + 100 * i);
    }

    assertThat(at(60).value(Feature.MAP_GROWTH_RATE)).isEmpty();
  }

  @Test
  void aMapThatWasEmptiedStartsAnew() {
    for (int i = 0; i < 6; i++) {
      grew(40 + 10 * i, 10_000 + 1000 * i);
    }
    grew(100, 896);
    grew(110, 1000);

    assertThat(value(110, Feature.MAP_GROWTH_RATE)).isCloseTo(10.4, within(1e-9));
  }

  @Test
  void whatTheKernelHoldsAndOpenFilesHaveALevelAndATrend() {
    for (int age = 40; age <= 200; age += 10) {
      add(age, Signal.KERNEL_MEMORY, 1e6 + 200.0 * age);
      add(age, Signal.OPEN_FILES, 10 + age);
      add(age, Signal.OS_THREADS, 7);
      add(age, Signal.FILE_MEMORY, 4e6);
    }

    assertThat(value(200, Feature.KERNEL_MEMORY)).isEqualTo(1.04e6);
    assertThat(value(200, Feature.KERNEL_MEMORY_GROWTH_RATE)).isCloseTo(200, within(1e-6));
    assertThat(value(200, Feature.OPEN_FILES)).isEqualTo(210);
    assertThat(value(200, Feature.OPEN_FILES_GROWTH_RATE)).isCloseTo(1, within(1e-9));
    assertThat(value(200, Feature.OS_THREADS)).isEqualTo(7);
    assertThat(value(200, Feature.FILE_MEMORY)).isEqualTo(4e6);
  }

  private Features at(double age) {
    var now = START.plusNanos((long) (age * 1e9));
    var past = samples.stream().filter(sample -> !sample.at().isAfter(now)).toList();
    return History.of(past, FRAME).at(now);
  }

  private double value(double age, Feature feature) {
    return at(age).value(feature).orElseThrow();
  }

  private void grew(double age, double entries) {
    add(age, Signal.MAP_ENTRIES, entries, MAP);
  }

  private void add(double age, Signal signal, double value) {
    add(age, signal, value, null);
  }

  private void told(Origin origin, double age, Signal signal, double value) {
    samples.add(
        new Sample(
            samples.size(),
            START.plusNanos((long) (age * 1e9)),
            KEY,
            origin,
            Map.of(signal, value),
            null));
  }

  private void add(double age, Signal signal, double value, @Nullable MapInstance map) {
    samples.add(
        new Sample(
            samples.size(),
            START.plusNanos((long) (age * 1e9)),
            KEY,
            Origin.CGROUP,
            Map.of(signal, value),
            map));
  }
}
