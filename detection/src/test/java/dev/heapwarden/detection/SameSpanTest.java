package dev.heapwarden.detection;

import static dev.heapwarden.detection.SimulatedContainer.DEFAULTS;
import static dev.heapwarden.detection.SimulatedContainer.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.detection.verdict.Verdict;
import org.junit.jupiter.api.Test;

/** What is set beside each other speaks of the same time, also where growth began in it. */
class SameSpanTest {
  private static final double MINUTE = 60;
  private static final double STILL = 150 * MINUTE;
  private static final double NOW = 300 * MINUTE;

  /** At night it collects once a minute, by day thrice: since it leaks it does so evenly. */
  @Test
  void aGoLeakThatBeginsWithTheLoadOfTheDayIsConfirmed() {
    var leak =
        new SimulatedContainer(1, NOW)
            .cgroup(15, 0.01, age -> (90 + 2 * leaked(age)) * MIB, 4096 * MIB)
            .reading(15, Origin.GO_MEMORY, Signal.ALLOCATED_BYTES, SameSpanTest::allocated);
    int count = 0;
    for (double age = 20; age <= NOW; age += age < STILL ? 60 : 20) {
      leak.collected(age, (40 + leaked(age)) * MIB, ++count);
    }

    var verdict = leak.verdict(DEFAULTS, NOW);

    assertThat(verdict.evidence().features().get("gc_rate_growth")).isBetween(-0.1, 0.1);
    assertThat(verdict.evidence().features().get("allocation_growth")).isBetween(-0.1, 0.1);
    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
  }

  /** What the heap gained before is none of what memory beside it gained since. */
  @Test
  void theLiveHeapIsSetBesideWhatGrewInTheSameTime() {
    var program =
        new SimulatedContainer(1, NOW)
            .liveHeap(20, 0.001, age -> (40 + age / MINUTE) * MIB)
            .cgroup(15, 0.001, age -> (400 + 8 * leaked(age)) * MIB, 4096 * MIB);

    var features = program.verdict(DEFAULTS, NOW).evidence().features();

    assertThat(features.get("live_heap_rise")).isBetween(275 * MIB, 305 * MIB);
    assertThat(features.get("anonymous_rise")).isBetween(8 * 140 * MIB, 8 * 160 * MIB);
    assertThat(features.get("live_heap_rise_meanwhile")).isBetween(140 * MIB, 160 * MIB);
  }

  @Test
  void goroutinesThatBeganToRiseAreToldWithTheTime() {
    var leak =
        new SimulatedContainer(1, NOW)
            .liveHeap(20, 0.02, age -> (40 + leaked(age)) * MIB)
            .cgroup(15, 0.01, age -> (90 + 2 * leaked(age)) * MIB, 4096 * MIB)
            .goroutines(15, 0.001, age -> 100 + 10 * leaked(age));

    assertThat(leak.verdict(DEFAULTS, NOW).evidence().sentence())
        .containsPattern(
            "goroutines gain 0\\.1\\d/s \\(95 % at least 0\\.1\\d\\), since 02:[23]\\d UTC, ");
  }

  @Test
  void ofGoroutinesThatRoseFromTheStartNoTimeIsTold() {
    var leak =
        new SimulatedContainer(1, NOW)
            .liveHeap(20, 0.02, age -> (40 + age / MINUTE) * MIB)
            .cgroup(15, 0.01, age -> (90 + 2 * age / MINUTE) * MIB, 4096 * MIB)
            .goroutines(15, 0.001, age -> 100 + 10 * age / MINUTE);

    assertThat(leak.verdict(DEFAULTS, NOW).evidence().sentence())
        .contains("oroutines gain")
        .doesNotContain("since");
  }

  /** MiB, one a minute. */
  private static double leaked(double age) {
    return Math.max(0, age - STILL) / MINUTE;
  }

  private static double allocated(double age) {
    return MIB * (Math.min(age, STILL) + 3 * Math.max(0, age - STILL));
  }
}
