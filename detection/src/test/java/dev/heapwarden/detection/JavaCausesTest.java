package dev.heapwarden.detection;

import static dev.heapwarden.detection.SimulatedContainer.DEFAULTS;
import static dev.heapwarden.detection.SimulatedContainer.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** What leaks in a JVM, told by its counters; with default windows. */
class JavaCausesTest {
  private static final double HOUR = 3600;

  /** A JVM whose heap holds 200 MiB of 1 GiB, all the time, while its memory grows. */
  private static SimulatedContainer outsideTheHeap() {
    return new SimulatedContainer(1, HOUR)
        .liveHeap(60, 0.01, _ -> 200 * MIB)
        .anonymous(15, 0.002, age -> 600 * MIB + age / 20 * MIB)
        .reading(15, Origin.HSPERFDATA, Signal.HEAP_LIMIT, _ -> 1024 * MIB);
  }

  @Test
  void classesThatStayLoadedAreALeakOfTheMetaspace() {
    var leak =
        outsideTheHeap()
            .reading(15, Origin.HSPERFDATA, Signal.METASPACE, age -> (40 + age / 60) * MIB);

    assertThat(cause(leak)).isEqualTo(Cause.METASPACE);
    assertThat(leak.jvmVerdict(DEFAULTS, HOUR).evidence().layer()).isEqualTo(Layer.RUNTIME);
    assertThat(leak.jvmVerdict(DEFAULTS, HOUR).evidence().sentence())
        .contains("metaspace gained 5", "Look for what keeps old class loaders");
  }

  @Test
  void threadsThatDoNotEndAreALeak() {
    var leak =
        outsideTheHeap()
            .reading(15, Origin.HSPERFDATA, Signal.THREADS, age -> 20 + Math.floor(age / 30));

    assertThat(cause(leak)).isEqualTo(Cause.THREADS);
  }

  @Test
  void directBuffersThatAreKeptAreALeak() {
    var leak =
        outsideTheHeap()
            .reading(15, Origin.PROMETHEUS, Signal.DIRECT_MEMORY, age -> (16 + age / 30) * MIB);

    assertThat(cause(leak)).isEqualTo(Cause.DIRECT_BUFFERS);
  }

  /** Neither a pool that grew once, nor memory of which nobody says more, is called a leak. */
  @Test
  void aPoolThatIsFullAndMemoryAloneConfirmNothing() {
    var pool =
        outsideTheHeap()
            .reading(15, Origin.HSPERFDATA, Signal.THREADS, age -> 20 + Math.min(age / 5, 150));

    assertThat(pool.jvmVerdict(DEFAULTS, HOUR)).isInstanceOf(Verdict.Suspected.class);
  }

  /** More than the heap can ever hold, page by page: buffers or native code. */
  @Test
  void moreMemoryThanTheHeapCanHoldIsNative() {
    DoubleUnaryOperator grown = age -> age / 4 * MIB;
    var leak =
        new SimulatedContainer(1, 2 * HOUR)
            .liveHeap(60, 0.01, _ -> 200 * MIB)
            .anonymous(15, 0.002, age -> 600 * MIB + grown.applyAsDouble(age))
            .reading(15, Origin.HSPERFDATA, Signal.HEAP_LIMIT, _ -> 1024 * MIB)
            .reading(
                5,
                Origin.PAGE_FAULT_TRACEPOINT,
                Signal.PAGE_FAULTS,
                age -> grown.applyAsDouble(age) / 4096);

    assertThat(leak.jvmVerdict(DEFAULTS, HOUR)).isInstanceOf(Verdict.Suspected.class);
    var verdict = leak.jvmVerdict(DEFAULTS, 2 * HOUR);
    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().cause()).isEqualTo(Cause.NATIVE_GROWTH);
  }

  /** A young JVM makes memory resident faster than it keeps objects in it. */
  @Test
  void aHeapThatBecomesResidentFasterThanItFillsIsNotNative() {
    assertThat(cause(besideTheHeap(4))).isEqualTo(Cause.OLD_GENERATION);
  }

  private static SimulatedContainer besideTheHeap(double times) {
    return new SimulatedContainer(1, HOUR)
        .liveHeap(60, 0.005, age -> (200 + age / 40) * MIB)
        .anonymous(15, 0.002, age -> (600 + times * age / 40) * MIB)
        .reading(15, Origin.HSPERFDATA, Signal.HEAP_LIMIT, _ -> 4096 * MIB);
  }

  /** A heap that was resident before: the less room is left, the more often it is collected. */
  @Test
  void collectionsThatComeEverMoreOftenAreTheOtherWitness() {
    assertThat(resident(age -> 200 - age / 30, 0.1)).isInstanceOf(Verdict.Confirmed.class);
    assertThat(resident(_ -> 100, 0.1)).isInstanceOf(Verdict.Suspected.class);
  }

  /** Twice as many requests are twice as much garbage, and hold a little more at a time. */
  @Test
  void moreLoadThatIsCollectedMoreOftenIsNoWitness() {
    assertThat(resident(age -> 200 - age / 30, 0.01)).isInstanceOf(Verdict.Suspected.class);
  }

  /**
   * @param interval seconds from one collection to the next, by age
   * @param pace of the live heap, MiB per second
   */
  private static Verdict resident(DoubleUnaryOperator interval, double pace) {
    var jvm = new SimulatedContainer(1, HOUR).anonymous(15, 0.001, _ -> 1200 * MIB);
    int collections = 0;
    for (double age = 10; age < HOUR; age += interval.applyAsDouble(age)) {
      jvm.collected(age, (200 + pace * age) * MIB, ++collections);
    }
    var verdict =
        jvm.reading(15, Origin.HSPERFDATA, Signal.HEAP_LIMIT, _ -> 1024 * MIB)
            .jvmVerdict(DEFAULTS, HOUR);
    assertThat(verdict.evidence().cause()).isEqualTo(Cause.OLD_GENERATION);
    return verdict;
  }

  private static Cause cause(SimulatedContainer leak) {
    var verdict = leak.jvmVerdict(DEFAULTS, HOUR);
    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    return verdict.evidence().cause();
  }
}
