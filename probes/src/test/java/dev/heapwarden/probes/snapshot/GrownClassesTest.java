package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.ClassReport;
import dev.heapwarden.probes.jvm.ClassHistogram;
import dev.heapwarden.probes.jvm.ClassHistogram.Count;
import dev.heapwarden.probes.jvm.FinalizerQueue;
import dev.heapwarden.probes.sample.ClassCount;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GrownClassesTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void whatDidNotGrowInBothHalvesIsNotTold() {
    var grown =
        GrownClasses.of(
            Optional.empty(),
            List.of(
                counted(0, Map.of("Kept", 10L, "Burst", 10L, "Late", 10L)),
                counted(10, Map.of("Kept", 110L, "Burst", 900L, "Late", 10L)),
                counted(20, Map.of("Kept", 160L, "Burst", 900L, "Late", 900L, "New", 5L))));

    assertThat(grown)
        .extracting(
            ClassReport::className, ClassReport::instancesPerSecond, ClassReport::bytesPerSecond)
        .containsExactly(tuple("Kept", 5.0, 200.0));
  }

  /** A leak in bursts, a cache that is being emptied, and what is in flight. */
  @Test
  void whatGrewSinceAnEarlierLookAndIsStillThereIsTold() {
    var earlier = counted(0, Map.of("Burst", 100L, "Cache", 10L, "InFlight", 500L, "Gone", 9L));

    var grown =
        GrownClasses.of(
            Optional.of(earlier),
            List.of(
                counted(90, Map.of("Burst", 1_090L, "Cache", 900L, "InFlight", 100L)),
                counted(95, Map.of("Burst", 1_095L, "Cache", 870L, "InFlight", 200L)),
                counted(100, Map.of("Burst", 1_080L, "Cache", 850L, "InFlight", 300L))));

    assertThat(grown)
        .extracting(
            ClassReport::className, ClassReport::instancesPerSecond, ClassReport::bytesPerSecond)
        .containsExactly(tuple("Burst", 9.8, 392.0));
  }

  @Test
  void whatAJvmFillsGapsWithIsNoClassThatGrows() {
    var filler = "[Ljdk.internal.vm.FillerElement;";

    assertThat(
            GrownClasses.of(
                Optional.empty(),
                List.of(
                    counted(0, Map.of(filler, 10L)),
                    counted(10, Map.of(filler, 20L)),
                    counted(20, Map.of(filler, 30L)))))
        .isEmpty();
  }

  @Test
  void theClassesThatTellOfACauseAreToldBesideTheTwentyThatGrowFastest() {
    var told = GrownClasses.told(grown("java.lang.ref.Finalizer"));

    assertThat(told).hasSize(21);
    assertThat(told.getLast().className()).isEqualTo("java.lang.ref.Finalizer");
    assertThat(GrownClasses.told(grown("java.lang.Object"))).hasSize(20);
  }

  @Test
  void aClassThatWaitsForItsFinalizerIsToldHoweverSmallItIs() {
    var waiting = GrownClasses.awaitingFinalizer(grown("Blob"), Map.of("Blob", 9L));

    assertThat(GrownClasses.told(waiting).getLast())
        .extracting(ClassReport::className, ClassReport::awaitingFinalizer)
        .containsExactly("Blob", 9L);
  }

  @Test
  void theQueueOfFinalizersIsReadAsAJvmPrintsIt() {
    assertThat(
            FinalizerQueue.read(
                """
                Unreachable instances waiting for finalization
                #instances  class name
                -----------------------
                       482  com.shop.Connection
                         2  com.shop.File$Handle
                """))
        .isEqualTo(Map.of("com.shop.Connection", 482L, "com.shop.File$Handle", 2L));
    assertThat(FinalizerQueue.read("No instances waiting for finalization found")).isEmpty();
  }

  /** Thirty classes that grow, and a last one that grows slowest. */
  private static List<ClassReport> grown(String last) {
    return GrownClasses.of(
        Optional.empty(), IntStream.range(0, 3).mapToObj(at -> many(at, last)).toList());
  }

  private static ClassCount many(int at, String last) {
    var instances = new HashMap<String, Long>();
    IntStream.range(0, 30).forEach(i -> instances.put("Shop" + i, 1_000L + at * (100L + i)));
    instances.put(last, 1_000L + at);
    return counted(at * 10, instances);
  }

  private static ClassCount counted(int seconds, Map<String, Long> instances) {
    var counts = new HashMap<String, Count>();
    instances.forEach((name, number) -> counts.put(name, new Count(number, 40 * number, false)));
    return new ClassCount(NOON.plusSeconds(seconds), new ClassHistogram(counts));
  }
}
