package dev.heapwarden.probes.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.go.GoPrograms;
import dev.heapwarden.probes.target.Offers;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.Web;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Containers whose policy allows 1 % of their CPU. They are looked at every five seconds. */
class SpendingTest {
  private static final long LOOK = Duration.ofSeconds(5).toNanos();
  private static final long FILE = 77;
  private static final Target WEB = target(Web.KEY, 7, FILE);

  private final Map<ContainerKey, Long> cpu = new HashMap<>();
  private long now = 1_000_000;
  private final Spending spending =
      new Spending(() -> now, InstantSource.fixed(Instant.parse("2026-03-01T12:00:00Z")));

  @BeforeEach
  void watched() {
    spending.targets(List.of(WEB));
    spending.ran(WEB, 0);
  }

  @Test
  void aProgramThatPaysLessThanItsBudgetIsProbedOn() {
    for (int i = 0; i < 100; i++) {
      pay(Cause.GO_GC, 0.005);
      pass(1.0);
    }

    assertThat(spending.leftOut(WEB)).isEmpty();
    assertThat(spending.overhead(Web.KEY).orElseThrow().ratio()).isCloseTo(0.005, within(1e-6));
  }

  @Test
  void aboveTheBudgetTheCostliestProbeIsLeftOutAndSaidSoWithTheFigures() {
    for (int i = 0; i < 7; i++) {
      pay(Cause.GO_GC, 0.004);
      pay(Cause.GO_MAP_GROWTH, 0.02);
      pass(1.0);
    }

    assertThat(spending.leftOut(WEB))
        .containsOnly(
            Map.entry(
                Cause.GO_MAP_GROWTH,
                "OverBudget: probes took 2.40 % of the container's CPU, of it this probe 2.00 %;"
                    + " 1.0 % is allowed; it comes back at 2026-03-01T12:05:00Z"));
  }

  @Test
  void whatIsLeftIsLookedAtAnewAndLeftOutTooUntilNothingIsLeft() {
    var costs = Map.of(Cause.GO_GC, 0.03, Cause.GO_MAP_GROWTH, 0.04, Cause.PAGE_FAULTS, 0.02);
    for (int i = 0; i < 24; i++) {
      costs.forEach(
          (cause, share) -> {
            if (!spending.leftOut(WEB).containsKey(cause)) {
              pay(cause, share);
            }
          });
      pass(1.0);
    }

    assertThat(spending.leftOut(WEB)).containsOnlyKeys(costs.keySet());
  }

  /** Until a new program has taken over it goes on to cost. */
  @Test
  void whatALeftOutProbeStillCostsIsNotHeldAgainstTheOthers() {
    for (int i = 0; i < 60; i++) {
      pay(Cause.GO_MAP_GROWTH, 0.05);
      pay(Cause.GO_GC, 0.002);
      pass(1.0);
    }

    assertThat(spending.leftOut(WEB)).containsOnlyKeys(Cause.GO_MAP_GROWTH);
  }

  @Test
  void aProbeThatCanDoWithLessIsNarrowedBeforeItIsLeftOut() throws IOException {
    var web = target(GoBinary.read(GoPrograms.plain()));
    spending.targets(List.of(web));
    for (int i = 0; i < 8; i++) {
      pay(Cause.GO_MAP_GROWTH, 0.05);
      pass(1.0);
    }

    assertThat(spending.leftOut(web)).containsOnlyKeys(Cause.GO_SMALL_MAPS);
    assertThat(spending.leftOut(web).get(Cause.GO_SMALL_MAPS))
        .endsWith("all is told again at 2026-03-01T12:05:00Z");

    // Until the narrower one is there.
    for (int i = 0; i < 4; i++) {
      pay(Cause.GO_MAP_GROWTH, 0.05);
      pass(1.0);
    }
    for (int i = 0; i < 30; i++) {
      pay(Cause.GO_MAP_GROWTH, 0.005);
      pass(1.0);
    }
    assertThat(spending.leftOut(web)).containsOnlyKeys(Cause.GO_SMALL_MAPS);
    for (int i = 0; i < 30; i++) {
      pass(1.0);
    }
    assertThat(spending.leftOut(web)).as("it is wide again").isEmpty();
  }

  @Test
  void whereTheNarrowedProbeIsTooMuchTooItIsLeftOutWhole() throws IOException {
    var web = target(GoBinary.read(GoPrograms.plain()));
    spending.targets(List.of(web));
    for (int i = 0; i < 30; i++) {
      pay(Cause.GO_MAP_GROWTH, 0.05);
      pass(1.0);
    }

    assertThat(spending.leftOut(web)).containsOnlyKeys(Cause.GO_SMALL_MAPS, Cause.GO_MAP_GROWTH);
  }

  @Test
  void aSnapshotIsNotHeldAgainstTheProbes() {
    for (int i = 0; i < 20; i++) {
      spending.snapshot(Web.KEY, Duration.ofMillis(500));
      pay(Cause.GO_GC, 0.005);
      pass(1.0);
    }

    assertThat(spending.leftOut(WEB)).isEmpty();
  }

  @Test
  void underAnotherBudgetAllAreTriedAnew() {
    assertThat(untilLeftOut()).isTrue();
    spending.ran(
        new Target(Web.allowing(WEB.container(), 0.1), WEB.cgroup(), WEB.processes()), cpuOfWeb());

    assertThat(spending.leftOut(WEB)).isEmpty();
  }

  private long cpuOfWeb() {
    return cpu.getOrDefault(Web.KEY, 0L);
  }

  @Test
  void anIdleProgramMayBeWatchedForAHundredMicrosecondsASecond() {
    for (int i = 0; i < 20; i++) {
      spending.spent(7, Cause.GO_GC, LOOK / 20_000);
      pass(0.0);
    }
    assertThat(spending.leftOut(WEB)).isEmpty();
    assertThat(spending.overhead(Web.KEY).orElseThrow().ratio()).isCloseTo(0.005, within(1e-6));

    for (int i = 0; i < 20; i++) {
      spending.spent(7, Cause.GO_GC, LOOK / 5_000);
      pass(0.0);
    }
    assertThat(spending.leftOut(WEB)).containsOnlyKeys(Cause.GO_GC);
  }

  @Test
  void itComesBackAfterFiveMinutesAndAfterTenWhenItIsTooMuchAgain() {
    assertThat(untilLeftOut()).isTrue();
    assertThat(untilItIsBack()).isEqualTo(Duration.ofMinutes(5));
    assertThat(untilLeftOut()).isTrue();
    assertThat(untilItIsBack()).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void aProbeThatWasGoodForLongIsTriedAgainAsSoonAsTheFirstTime() {
    assertThat(untilLeftOut()).isTrue();
    untilItIsBack();
    for (int i = 0; i < 100; i++) {
      pass(1.0);
    }

    assertThat(untilLeftOut()).isTrue();
    assertThat(untilItIsBack()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void whoeverRunsTheSameFileInTheNamespaceIsSparedToo() {
    var same = target(new ContainerKey("shop", "web-2", "uid2", "web", "id2"), 8, FILE);
    var elsewhere = target(new ContainerKey("bank", "web", "uid3", "web", "id3"), 9, FILE);
    var other = target(new ContainerKey("shop", "cart", "uid4", "web", "id4"), 10, FILE + 1);
    spending.targets(List.of(WEB, same, elsewhere, other));
    untilLeftOut();

    assertThat(spending.leftOut(same)).containsOnlyKeys(Cause.GO_GC);
    assertThat(spending.leftOut(same).get(Cause.GO_GC)).contains("pod web-1 runs the same file");
    assertThat(spending.leftOut(elsewhere)).isEmpty();
    assertThat(spending.leftOut(other)).isEmpty();
  }

  @Test
  void aSnapshotIsPaidForButOnlyProbesCanBeLeftOut() {
    for (int i = 0; i < 3; i++) {
      spending.snapshot(Web.KEY, Duration.ofMillis(500));
      pass(1.0);
    }

    assertThat(spending.overhead(Web.KEY).orElseThrow().ratio()).isCloseTo(0.1, within(1e-6));
    assertThat(spending.overhead(Web.KEY).orElseThrow().seconds())
        .containsExactly(Map.entry(Cause.SNAPSHOTS, 1.5));
    assertThat(spending.leftOut(WEB)).isEmpty();
  }

  @Test
  void onlyTheLastMinuteIsTold() {
    pay(Cause.GO_GC, 0.01);
    for (int i = 0; i < 14; i++) {
      pass(1.0);
    }

    assertThat(spending.overhead(Web.KEY).orElseThrow().ratio()).isZero();
    assertThat(spending.overhead(Web.KEY).orElseThrow().seconds())
        .containsExactly(Map.entry(Cause.GO_GC, 0.05));
  }

  @Test
  void aContainerThatIsWatchedNoMoreIsForgotten() {
    untilLeftOut();
    spending.targets(List.of());
    spending.targets(List.of(WEB));

    assertThat(spending.leftOut(WEB)).isEmpty();
    assertThat(spending.overhead(Web.KEY)).isEmpty();
  }

  private boolean untilLeftOut() {
    for (int i = 0; i < 30 && spending.leftOut(WEB).isEmpty(); i++) {
      pay(Cause.GO_GC, 0.05);
      pass(1.0);
    }
    return spending.leftOut(WEB).keySet().equals(Set.of(Cause.GO_GC));
  }

  private Duration untilItIsBack() {
    long began = now;
    while (!spending.leftOut(WEB).isEmpty()) {
      pass(1.0);
    }
    return Duration.ofNanos(now - began);
  }

  /** A share of one CPU for five seconds. */
  private void pay(Cause cause, double share) {
    spending.spent(7, cause, Math.round(LOOK * share));
  }

  /** Five seconds, in which it runs on that many CPUs. */
  private void pass(double cpus) {
    now += LOOK;
    spending.ran(WEB, cpu.merge(Web.KEY, Math.round(LOOK * cpus), Long::sum));
  }

  private static Target target(Optional<GoBinary> go) {
    var web = WEB.processes().getFirst();
    return new Target(
        WEB.container(),
        WEB.cgroup(),
        List.of(
            new TargetProcess(
                web.identity(), 4096, RuntimeKind.GO, web.executable(), go, Optional.empty(), 0)));
  }

  private static Target target(ContainerKey key, long pid, long inode) {
    var process =
        new TargetProcess(
            new TargetProcess.Identity(key.containerId(), pid, 1, new ExecutableId(pid, inode)),
            4096,
            RuntimeKind.GO,
            Path.of("/proc/%d/root/app".formatted(pid)),
            Optional.empty(),
            Optional.empty(),
            0);
    return new Target(Web.watched(key, Offers.none()), Optional.empty(), List.of(process));
  }
}
