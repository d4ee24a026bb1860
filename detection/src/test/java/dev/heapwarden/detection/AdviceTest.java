package dev.heapwarden.detection;

import static dev.heapwarden.detection.SimulatedContainer.DEMO;
import static dev.heapwarden.detection.SimulatedContainer.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.detection.verdict.Verdict;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AdviceTest {
  private static final String LIMIT = "Set a memory limit";

  /** As sidecars often run: nobody bounds what they take. */
  @Tag("E17")
  @Test
  void aLeakWithoutALimitIsAdvisedToSetOne() {
    assertThat(confirmed(leak().anonymous(5, 0.01, AdviceTest::anonymous))).contains(LIMIT);
  }

  @Test
  void aLeakThatIsBoundedIsNot() {
    assertThat(confirmed(leak().cgroup(5, 0.01, AdviceTest::anonymous, 1024 * MIB)))
        .doesNotContain(LIMIT);
  }

  @Tag("E19")
  @Test
  void whatItsUsersGetIsToldWhereItsMetricsTell() {
    var leak = leak().anonymous(5, 0.01, AdviceTest::anonymous);
    assertThat(confirmed(leak)).doesNotContain("requests/s");

    leak.reading(5, Origin.PROMETHEUS, Signal.REQUESTS, age -> 20 * age)
        .reading(5, Origin.PROMETHEUS, Signal.REQUEST_TIME, age -> 20 * age * 0.035)
        .reading(5, Origin.PROMETHEUS, Signal.FAILED_REQUESTS, age -> 20 * age * 0.0015);

    assertThat(confirmed(leak))
        .contains(". It answers 20 requests/s in 35 ms, 99.8 % without an error. ");
  }

  private static SimulatedContainer leak() {
    return new SimulatedContainer(1, 600).liveHeap(3, 0.01, age -> 20 * MIB + 0.5 * MIB * age);
  }

  private static double anonymous(double age) {
    return 45 * MIB + MIB * age;
  }

  private static String confirmed(SimulatedContainer leak) {
    var verdict = leak.verdict(DEMO, 600);
    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    return verdict.evidence().sentence();
  }
}
