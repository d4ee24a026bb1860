package dev.heapwarden.detection.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GoFeaturesTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Frame FRAME =
      new Frame(START, Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofMinutes(10));
  private static final ContainerKey KEY = new ContainerKey("n", "p", "u", "c", "i");

  private final List<Sample> samples = new ArrayList<>();

  @Test
  void ofThePausesInTheWindowTheLongestCounts() {
    add(100, Map.of(Signal.MARK_TERMINATION, 0.050));
    add(150, Map.of(Signal.MARK_TERMINATION, 0.004));
    add(160, Map.of(Signal.MARK_TERMINATION, 0.002));

    assertThat(value(165, Feature.MARK_TERMINATION)).isCloseTo(0.004, within(1e-9));
    assertThat(at(300).value(Feature.MARK_TERMINATION)).isEmpty();
  }

  @Test
  void theTrendOfGoroutinesIsOfThoseSinceWarmUp() {
    for (int age = 10; age <= 200; age += 10) {
      add(age, Map.of(Signal.GOROUTINES, age < 30 ? 9000 : 100 + 2.0 * age));
    }

    assertThat(value(200, Feature.GOROUTINES)).isEqualTo(500);
    assertThat(value(200, Feature.GOROUTINE_GROWTH_RATE)).isCloseTo(2, within(1e-9));
    assertThat(value(200, Feature.GOROUTINE_GROWTH_RATE_LOW)).isCloseTo(2, within(1e-9));
    assertThat(value(200, Feature.GOROUTINE_RISE)).isCloseTo(340, within(1e-9));
    assertThat(value(200, Feature.GOROUTINE_GROWTH)).isCloseTo(340 / 160.0, within(1e-9));
    assertThat(value(200, Feature.GOROUTINE_STEADINESS)).isCloseTo(1, within(1e-9));
    assertThat(value(200, Feature.GOROUTINE_LATEST_PACE)).isCloseTo(1, within(1e-9));
    assertThat(at(400).value(Feature.GOROUTINES)).as("two minutes old").isEmpty();
  }

  @Tag("E1")
  @Tag("E12")
  @Test
  void whatASnapshotToldOfMapsCountsForTheTrendHorizon() {
    add(100, Map.of(Signal.MAP_HEAP_SHARE, 0.4));
    add(200, Map.of(Signal.MAP_HEAP_SHARE, 0.75));
    add(210, Map.of(Signal.EMPTIED_MAP_SHARE, 0.875));

    assertThat(value(300, Feature.MAP_HEAP_SHARE)).isCloseTo(0.75, within(1e-6));
    assertThat(value(780, Feature.EMPTIED_MAP_SHARE)).isCloseTo(0.875, within(1e-6));
    assertThat(at(900).value(Feature.MAP_HEAP_SHARE)).isEmpty();
    assertThat(at(900).value(Feature.EMPTIED_MAP_SHARE)).isEmpty();
  }

  @Tag("E13")
  @Test
  void ofTheIdleHeapWhatWasGivenBackIsNoFragmentation() {
    add(
        100,
        Map.of(
            Signal.HEAP_SYS, 200.0,
            Signal.HEAP_IDLE, 80.0,
            Signal.HEAP_RELEASED, 30.0,
            Signal.SPAN_IN_USE, 3.0));

    assertThat(value(110, Feature.HEAP_SYS)).isEqualTo(200);
    assertThat(value(110, Feature.HEAP_IDLE_RATIO)).isEqualTo(0.4);
    assertThat(value(110, Feature.HEAP_FRAGMENTATION)).isEqualTo(0.25);
    assertThat(value(110, Feature.MSPAN_IN_USE)).isEqualTo(3);
  }

  @Tag("E2")
  @Test
  void liveObjectsAreThoseOfReadingsThatTellBoth() {
    for (int age = 40; age <= 200; age += 10) {
      add(age, Map.of(Signal.ALLOCATED_OBJECTS, 1000.0 * age, Signal.FREED_OBJECTS, 990.0 * age));
      add(age + 4, Map.of(Signal.ALLOCATED_OBJECTS, 3000.0 * age));
      add(age + 8, Map.of(Signal.ALLOCATED_OBJECTS, 3000.0 * age));
    }

    assertThat(value(200, Feature.LIVE_OBJECTS_GROWTH_RATE)).isCloseTo(10, within(1e-9));
  }

  @Tag("E3")
  @Test
  void whatIsAllocatedIsHeldAgainstWhatIsFreedInTheWindow() {
    for (int age = 10; age <= 200; age += 10) {
      add(
          age,
          Map.of(
              Signal.ALLOCATED_BYTES,
              1e9 + 400.0 * age,
              Signal.FREED_BYTES,
              age < 100 ? 5e8 : 5e8 + 100.0 * (age - 100)));
    }

    assertThat(value(200, Feature.ALLOC_FREE_RATIO)).isEqualTo(4);
    assertThat(at(90).value(Feature.ALLOC_FREE_RATIO)).as("nothing was freed").isEmpty();
  }

  @Test
  void aProgramWhoseMemoryIsNotReadHasNone() {
    add(100, Map.of(Signal.ANONYMOUS_MEMORY, 5.0));

    assertThat(at(110).values()).containsOnlyKeys(Feature.ANONYMOUS_MEMORY);
  }

  private Features at(double age) {
    return History.of(samples, FRAME).at(START.plusNanos((long) (age * 1e9)));
  }

  private double value(double age, Feature feature) {
    return at(age).value(feature).orElseThrow();
  }

  private void add(double age, Map<Signal, Double> values) {
    samples.add(
        new Sample(
            samples.size(),
            START.plusNanos((long) (age * 1e9)),
            KEY,
            Origin.GO_MEMORY,
            values,
            null));
  }
}
