package dev.heapwarden.probes.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Origin;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class HeapCheckTest {
  private static final long MIB = 1 << 20;
  private static final String FLAGS =
      """
         size_t MaxHeapSize                  = 134217728      {product} {ergonomic}
       uint64_t MaxRAM                       = 137438953472   {pd product} {default}
         double MaxRAMPercentage             = 25.000000      {product} {default}
         double MinRAMPercentage             = 50.000000      {product} {default}
      """;

  @Test
  void aPercentageBelowTheLiveHeapIsRefused() {
    var check = check(OptionalLong.of(512 * MIB), OptionalLong.of(150 * MIB));
    assertThat(check.percentage(40)).get().asString().contains("too small for this program");
    assertThat(check.percentage(1)).isPresent();
    assertThat(check.percentage(45)).isEmpty();
  }

  @Test
  void theWholeContainerIsNoHeap() {
    var check = check(OptionalLong.of(512 * MIB), OptionalLong.of(10 * MIB));
    assertThat(check.percentage(100)).get().asString().contains("does not fit");
    assertThat(check.bytes(512 * MIB)).get().asString().contains("does not fit");
    assertThat(check.bytes(511 * MIB)).isEmpty();
  }

  /** JDK 17 and 25 give such a container half of its memory, whatever the percentage. */
  @Test
  void inASmallContainerThePercentageIsNotWhatCounts() {
    assertThat(check(OptionalLong.of(200 * MIB), OptionalLong.of(75 * MIB)).percentage(90))
        .get()
        .asString()
        .startsWith("a heap of 104857600 bytes is too small for this program");
  }

  @Test
  void withoutALimitThePercentageIsOneOfTheNodesMemory() {
    var check = check(OptionalLong.empty(), OptionalLong.of(100 * MIB));
    assertThat(check.percentage(26)).get().asString().contains("too small");
    assertThat(check.percentage(30)).isEmpty();
  }

  @Test
  void whereNoCollectionWasSeenNoHeapIsSet() {
    var check = check(OptionalLong.of(512 * MIB), OptionalLong.empty());
    assertThat(check.bytes(256 * MIB)).get().asString().startsWith("its live heap is not known");
    assertThat(check.percentage(50)).isPresent();
  }

  @Test
  void whyTheLiveHeapIsNotKnownIsSaid() {
    assertThat(check(Optional.empty()).bytes(256 * MIB))
        .contains("its live heap is not known: it has no counters");
    assertThat(check(Optional.of(counters(OptionalLong.of(0), 0))).bytes(256 * MIB))
        .contains("its live heap is not known: it has not collected yet");
    assertThat(check(Optional.of(counters(OptionalLong.empty(), 0))).bytes(256 * MIB))
        .contains(
            "its live heap is not known: the counters of Shenandoah do not tell what its"
                + " collections leave");
  }

  private static HeapCheck check(OptionalLong limit, OptionalLong live) {
    return new HeapCheck(
        flags(),
        limit,
        live.isEmpty()
            ? Optional.empty()
            : Optional.of(counters(OptionalLong.of(1), live.getAsLong())));
  }

  private static HeapCheck check(Optional<JvmCounters> counters) {
    return new HeapCheck(flags(), OptionalLong.of(512 * MIB), counters);
  }

  private static JvmFlags flags() {
    return JvmFlags.read("JDK 25.0.1", FLAGS, "").orElseThrow();
  }

  private static JvmCounters counters(OptionalLong oldCollections, long oldUsed) {
    return new JvmCounters(
        Origin.HSPERFDATA,
        "25",
        Collector.SHENANDOAH,
        0,
        0,
        oldUsed,
        0,
        oldCollections,
        0,
        0,
        0,
        0,
        0,
        0);
  }
}
