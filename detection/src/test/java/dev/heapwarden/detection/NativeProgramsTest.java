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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The preset native, and memory outside the heap of other runtimes; with default windows. */
class NativeProgramsTest {
  private static final double HOUR = 3600;
  private static final double PAGE = 4096;

  /** Memory that is touched page by page and never given back. */
  private static SimulatedContainer grows(double seconds, DoubleUnaryOperator bytes) {
    return new SimulatedContainer(1, seconds)
        .cgroup(15, 0.001, age -> 20 * MIB + bytes.applyAsDouble(age), 2048 * MIB)
        .reading(
            5,
            Origin.PAGE_FAULT_TRACEPOINT,
            Signal.PAGE_FAULTS,
            age -> bytes.applyAsDouble(age) / PAGE);
  }

  @Tag("E8")
  @Test
  void memoryThatIsTouchedForAnHourAndNotGivenBackIsALeak() {
    var leak = grows(2 * HOUR, age -> age / 60 * MIB);

    assertThat(leak.nativeVerdict(DEFAULTS, HOUR / 2)).isInstanceOf(Verdict.Suspected.class);
    var verdict = leak.nativeVerdict(DEFAULTS, HOUR);
    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().cause()).isEqualTo(Cause.NATIVE_GROWTH);
    assertThat(verdict.evidence().layer()).isEqualTo(Layer.KERNEL);
    assertThat(verdict.evidence().sentence()).contains("page faults/s");
  }

  @Test
  void anArenaThatFillsForThreeQuartersOfAnHourIsNeverConfirmed() {
    var arena = grows(3 * HOUR, age -> Math.min(age, 45 * 60) / 60 * MIB);
    for (double age = 300; age <= 3 * HOUR; age += 60) {
      assertThat(arena.nativeVerdict(DEFAULTS, age))
          .as("at %s s", age)
          .isNotInstanceOf(Verdict.Confirmed.class);
    }
    assertThat(arena.nativeVerdict(DEFAULTS, 3 * HOUR)).isInstanceOf(Verdict.Healthy.class);
  }

  @Test
  void aProgramThatStaysAsItIsIsHealthyWithoutEveryOtherSignal() {
    var idle = new SimulatedContainer(1, HOUR).anonymous(15, 0.001, _ -> 20 * MIB);

    assertThat(idle.nativeVerdict(DEFAULTS, HOUR)).isInstanceOf(Verdict.Healthy.class);
  }

  @Test
  void memoryOutsideAFlatHeapOfGoIsANativeLeak() {
    var leak = grows(2 * HOUR, age -> age / 60 * MIB).liveHeap(20, 0.02, _ -> 8 * MIB);

    var verdict = leak.verdict(DEFAULTS, 2 * HOUR);
    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().cause()).isEqualTo(Cause.NATIVE_GROWTH);
  }

  @Test
  void filesThatLiveInMemoryAreToldFromOtherNativeMemory() {
    var files =
        grows(2 * HOUR, age -> age / 60 * MIB)
            .reading(15, Origin.CGROUP, Signal.SHARED_MEMORY, age -> age / 80 * MIB);
    var few =
        grows(2 * HOUR, age -> age / 60 * MIB)
            .reading(15, Origin.CGROUP, Signal.SHARED_MEMORY, age -> age / 180 * MIB);

    assertThat(files.nativeVerdict(DEFAULTS, HOUR).evidence().cause()).isEqualTo(Cause.FILE_MEMORY);
    assertThat(few.nativeVerdict(DEFAULTS, HOUR).evidence().cause()).isEqualTo(Cause.NATIVE_GROWTH);
  }

  /** Written by a system call: no page fault tells of it. */
  @Test
  void filesThatLiveInMemoryAndGrowForAnHourAreALeak() {
    var leak =
        new SimulatedContainer(1, 2 * HOUR)
            .anonymous(15, 0.001, age -> 20 * MIB + age / 60 * MIB)
            .reading(15, Origin.CGROUP, Signal.SHARED_MEMORY, age -> age / 60 * MIB);

    assertThat(leak.nativeVerdict(DEFAULTS, HOUR / 2)).isInstanceOf(Verdict.Suspected.class);
    var verdict = leak.nativeVerdict(DEFAULTS, HOUR);
    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().cause()).isEqualTo(Cause.FILE_MEMORY);
    assertThat(verdict.evidence().sentence()).contains("files in memory grow 17.1 KiB/s");
  }

  @Test
  void aTmpfsThatFillsForThreeQuartersOfAnHourIsNeverConfirmed() {
    DoubleUnaryOperator files = age -> Math.min(age, 45 * 60) / 60 * MIB;
    var cache =
        new SimulatedContainer(1, 3 * HOUR)
            .anonymous(15, 0.001, age -> 20 * MIB + files.applyAsDouble(age))
            .reading(15, Origin.CGROUP, Signal.SHARED_MEMORY, files);
    for (double age = 300; age <= 3 * HOUR; age += 60) {
      assertThat(cache.nativeVerdict(DEFAULTS, age))
          .as("at %s s", age)
          .isNotInstanceOf(Verdict.Confirmed.class);
    }
  }

  /** With GOGC=off nothing says what is still reached: its garbage grows just like that. */
  @Test
  void memoryOfAGoThatNeverCollectsIsNotConfirmed() {
    var off = grows(2 * HOUR, age -> age / 60 * MIB);

    assertThat(off.verdict(DEFAULTS, 2 * HOUR)).isInstanceOf(Verdict.Suspected.class);
  }

  @Test
  void connectionsThatStayOpenWithWhatTheyHaveReceivedAreTheKernels() {
    var leak =
        new SimulatedContainer(1, HOUR)
            .liveHeap(20, 0.02, _ -> 30 * MIB)
            .anonymous(15, 0.01, _ -> 60 * MIB)
            .reading(15, Origin.CGROUP, Signal.OPEN_FILES, age -> 12 + Math.floor(age / 10))
            .reading(15, Origin.CGROUP, Signal.KERNEL_MEMORY, age -> 4 * MIB + age / 100 * MIB);

    var verdict = leak.verdict(DEFAULTS, HOUR);
    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().cause()).isEqualTo(Cause.KERNEL_MEMORY);
    assertThat(verdict.evidence().layer()).isEqualTo(Layer.KERNEL);
    assertThat(verdict.evidence().sentence())
        .contains("open files gained 3", "kernel memory gained 3");
  }

  @Test
  void aPoolOfConnectionsThatHasFilledIsHealthy() {
    DoubleUnaryOperator filled = age -> Math.min(age, 900);
    var pool =
        new SimulatedContainer(1, HOUR)
            .liveHeap(20, 0.02, _ -> 30 * MIB)
            .anonymous(15, 0.01, _ -> 60 * MIB)
            .reading(
                15,
                Origin.CGROUP,
                Signal.OPEN_FILES,
                age -> 12 + Math.floor(filled.applyAsDouble(age) / 3))
            .reading(
                15,
                Origin.CGROUP,
                Signal.KERNEL_MEMORY,
                age -> 4 * MIB + filled.applyAsDouble(age) / 100 * MIB);

    for (double age = 300; age <= HOUR; age += 60) {
      assertThat(pool.verdict(DEFAULTS, age))
          .as("at %s s", age)
          .isNotInstanceOf(Verdict.Confirmed.class);
    }
    assertThat(pool.verdict(DEFAULTS, HOUR)).isInstanceOf(Verdict.Healthy.class);
  }
}
