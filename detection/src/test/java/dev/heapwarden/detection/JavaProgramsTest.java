package dev.heapwarden.detection;

import static dev.heapwarden.detection.SimulatedContainer.DEFAULTS;
import static dev.heapwarden.detection.SimulatedContainer.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.detection.verdict.Verdict.Inconclusive.Reason;
import dev.heapwarden.detection.verdict.Witness;
import dev.heapwarden.detection.verdict.Witness.Stance;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The preset jvm, with default windows. */
class JavaProgramsTest {
  private static final double HOUR = 3600;

  @Test
  void anOldGenerationAndMemoryThatGrowAreALeak() {
    var leak =
        new SimulatedContainer(1, HOUR)
            .liveHeap(120, 0.02, age -> (100 + age / 20) * MIB)
            .anonymous(15, 0.01, age -> (300 + age / 20) * MIB);

    assertThat(leak.jvmVerdict(DEFAULTS, HOUR)).isInstanceOf(Verdict.Confirmed.class);
  }

  @Test
  void aHeapTouchedBeforehandNeedsAnotherWitness() {
    var leak =
        new SimulatedContainer(2, HOUR)
            .liveHeap(120, 0.02, age -> (24 + age / 48) * MIB)
            .anonymous(15, 0.001, _ -> 548 * MIB);

    var verdict = leak.jvmVerdict(DEFAULTS, HOUR);
    assertThat(verdict).isInstanceOf(Verdict.Suspected.class);
    assertThat(verdict.evidence().witnesses())
        .extracting(Witness::kind, Witness::stance)
        .contains(
            org.assertj.core.groups.Tuple.tuple(Witness.Kind.ANONYMOUS_MEMORY, Stance.NEUTRAL));
  }

  /** A heap that is resident already: the classes say what the kernel cannot. */
  @Test
  void aClassThatKeepsGrowingIsTheOtherWitness() {
    var leak =
        new SimulatedContainer(2, HOUR)
            .liveHeap(120, 0.02, age -> (24 + age / 48) * MIB)
            .anonymous(15, 0.001, _ -> 548 * MIB)
            .look(3_400, 60, "shop.OrderKey", age -> 10 * age);

    var verdict = leak.jvmVerdict(DEFAULTS, HOUR);
    assertThat(verdict).isInstanceOf(Verdict.Suspected.class);

    leak.look(3_000, 60, "shop.OrderKey", age -> 10 * age);
    verdict = leak.jvmVerdict(DEFAULTS, HOUR);
    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().site()).isEqualTo("shop.OrderKey");
    assertThat(verdict.evidence().cause()).isEqualTo(Cause.CLASS_GROWTH);
    assertThat(verdict.evidence().sentence()).contains("instances of shop.OrderKey gain 10/s");
  }

  /** The heap grows by something else, and is looked at just then. */
  @Test
  void aCacheThatFillsWithinOneLookConfirmsNothing() {
    var busy =
        new SimulatedContainer(2, HOUR)
            .liveHeap(120, 0.02, age -> (24 + age / 48) * MIB)
            .anonymous(15, 0.001, _ -> 548 * MIB)
            .look(3_460, 60, "shop.Entry", age -> 100 * (age - 3_400));

    assertThat(busy.jvmVerdict(DEFAULTS, HOUR)).isInstanceOf(Verdict.Suspected.class);
  }

  @Test
  void looksInQuickSuccessionAreOne() {
    var busy =
        new SimulatedContainer(2, HOUR)
            .liveHeap(120, 0.02, age -> (24 + age / 48) * MIB)
            .anonymous(15, 0.001, _ -> 548 * MIB);
    for (int age = 3_400; age < 3_600; age += 25) {
      busy.look(age, 10, "shop.Entry", at -> 100 * (at - 3_300));
    }

    assertThat(busy.jvmVerdict(DEFAULTS, HOUR)).isInstanceOf(Verdict.Suspected.class);
  }

  /** In each look it still creeps, but nearly all of its growth lies between them. */
  @Test
  void aCacheThatFilledBetweenTwoLooksConfirmsNothing() {
    var filled =
        new SimulatedContainer(2, HOUR)
            .liveHeap(120, 0.02, age -> (24 + age / 48) * MIB)
            .anonymous(15, 0.001, _ -> 548 * MIB)
            .look(3_000, 30, "shop.Entry", age -> 1_000 + (age - 3_000) / 60)
            .look(3_400, 30, "shop.Entry", age -> 9_000 + (age - 3_400) / 60);

    assertThat(filled.jvmVerdict(DEFAULTS, HOUR)).isInstanceOf(Verdict.Suspected.class);
  }

  /** Both grow with garbage too: what the program still reaches must grow steadily as well. */
  @Test
  void aClassAndAnonymousMemoryWithoutTheLiveHeapConfirmNothing() {
    var unclear =
        new SimulatedContainer(3, HOUR)
            .liveHeap(120, 0.02, age -> (200 + age / 40 + 30 * Math.sin(age / 600)) * MIB)
            .anonymous(15, 0.01, age -> (300 + age / 20) * MIB)
            .look(3_000, 60, "shop.Entry", age -> 10 * age)
            .look(3_400, 60, "shop.Entry", age -> 10 * age);

    var verdict = unclear.jvmVerdict(DEFAULTS, HOUR);
    assertThat(verdict).isInstanceOf(Verdict.Suspected.class);
    assertThat(verdict.evidence().witnesses())
        .extracting(Witness::kind, Witness::stance)
        .contains(
            org.assertj.core.groups.Tuple.tuple(Witness.Kind.POST_GC_LIVE_HEAP, Stance.NEUTRAL),
            org.assertj.core.groups.Tuple.tuple(Witness.Kind.ANONYMOUS_MEMORY, Stance.SUPPORTS),
            org.assertj.core.groups.Tuple.tuple(Witness.Kind.CLASS_GROWTH, Stance.SUPPORTS));
  }

  @Test
  void requestsInFlightAreNoWitnessAndAnOldLookIsNone() {
    var age = HOUR;
    var busy =
        new SimulatedContainer(2, HOUR)
            .liveHeap(120, 0.02, at -> (24 + at / 48) * MIB)
            .anonymous(15, 0.001, _ -> 548 * MIB)
            .look(1_000, 60, "shop.OrderKey", at -> 10 * at)
            .look(3_000, 60, "shop.Request", at -> 5_000 + 1_000 * Math.sin(at));

    assertThat(busy.jvmVerdict(DEFAULTS, age)).isInstanceOf(Verdict.Suspected.class);
  }

  /** A user may ask for class counts at any time. */
  @Test
  void aClassThatGrowsInALevelHeapIsHealthy() {
    var filled =
        new SimulatedContainer(4, HOUR)
            .liveHeap(60, 0.03, _ -> 200 * MIB)
            .anonymous(15, 0.01, _ -> 400 * MIB)
            .counters(15, age -> age * 0.01, age -> (200 + age % 300) * MIB)
            .look(3_400, 60, "shop.Entry", age -> age);

    assertThat(filled.jvmVerdict(DEFAULTS, HOUR)).isInstanceOf(Verdict.Healthy.class);
  }

  /** It runs out of memory at its own limit, long before the container's. */
  @Test
  void theTimeToTheLimitIsTheJvmsWhereThatComesFirst() {
    var leak =
        new SimulatedContainer(1, HOUR)
            .liveHeap(120, 0.001, age -> (100 + age / 20) * MIB)
            .cgroup(15, 0.001, age -> (300 + age / 20) * MIB, 4096 * MIB)
            .add(HOUR - 1, Origin.HSPERFDATA, Map.of(Signal.HEAP_LIMIT, 340 * MIB), null);

    assertThat(leak.jvmVerdict(DEFAULTS, HOUR).evidence().timeToLimit())
        .isBetween(Duration.ofSeconds(1_100), Duration.ofSeconds(1_300));
  }

  /** The old generation swings by gigabytes between mixed collections; what they leave is level. */
  @Tag("E7")
  @Test
  void aLargeBusyHealthyHeapIsNeverMoreThanSuspected() {
    var busy =
        new SimulatedContainer(3, HOUR)
            .liveHeap(60, 0.03, _ -> 2000 * MIB)
            .anonymous(15, 0.01, _ -> 8000 * MIB)
            .counters(15, age -> age * 0.1, age -> (2000 + age % 300 * 15) * MIB);

    var verdict = busy.jvmVerdict(DEFAULTS, HOUR);
    assertThat(verdict).isInstanceOf(Verdict.Suspected.class);
    assertThat(verdict.evidence().sentence()).contains("pause-and-growth");
  }

  @Test
  void aHealthyHeapIsHealthy() {
    var healthy =
        new SimulatedContainer(4, HOUR)
            .liveHeap(60, 0.03, _ -> 200 * MIB)
            .anonymous(15, 0.01, _ -> 400 * MIB)
            .counters(15, age -> age * 0.01, age -> (200 + age % 300) * MIB);

    assertThat(healthy.jvmVerdict(DEFAULTS, HOUR)).isInstanceOf(Verdict.Healthy.class);
  }

  /** Young collections only: nobody knows what of the old generation is live. */
  @Test
  void withoutOldCollectionsThereIsNoVerdict() {
    var young =
        new SimulatedContainer(5, HOUR)
            .anonymous(15, 0.01, age -> (400 + age / 20) * MIB)
            .counters(15, age -> age * 0.01, age -> (20 + age / 60) * MIB)
            .add(10, Origin.HSPERFDATA, Map.of(Signal.COLLECTIONS, 0.0), null);

    assertThat(young.jvmVerdict(DEFAULTS, HOUR))
        .isInstanceOfSatisfying(
            Verdict.Inconclusive.class,
            verdict -> assertThat(verdict.reason()).isEqualTo(Reason.TOO_FEW_COLLECTIONS));
  }
}
