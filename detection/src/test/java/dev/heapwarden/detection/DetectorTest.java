package dev.heapwarden.detection;

import static dev.heapwarden.detection.SimulatedContainer.DEMO;
import static dev.heapwarden.detection.SimulatedContainer.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.rule.Compilation;
import dev.heapwarden.detection.rule.RuleSet;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DetectorTest {
  private static final Detector PRESETS =
      new Detector(((Compilation.Compiled) RuleSet.compile(List.of())).rules());

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aLeakIsConfirmedWithinNinetySecondsWithItsSlopeAndItsSite(long seed) {
    var verdict =
        new SimulatedContainer(seed, 90)
            .liveHeap(3, 0.01, age -> 20 * MIB + 0.5 * MIB * age)
            .cgroup(5, 0.01, age -> 45 * MIB + 0.9 * MIB * age, 512 * MIB)
            .swissMap("main.handle", age -> 310 * age)
            .verdict(PRESETS, DEMO, 90);

    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    var evidence = verdict.evidence();
    assertThat(evidence.layer()).isEqualTo(Layer.APPLICATION);
    assertThat(evidence.cause()).isEqualTo(Cause.MAP_GROWTH);
    assertThat(evidence.site()).isEqualTo("main.handle");
    assertThat(evidence.growth())
        .isNotNull()
        .satisfies(growth -> assertThat(growth.bytesPerSecond()).isBetween(0.45 * MIB, 0.55 * MIB));
    assertThat(evidence.timeToLimit()).isNotNull();
  }
}
