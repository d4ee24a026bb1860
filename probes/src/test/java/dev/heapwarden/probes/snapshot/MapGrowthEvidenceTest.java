package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MapGrowthEvidenceTest {
  @ParameterizedTest
  @ValueSource(strings = {"/proc/7/root/app/server", "/proc/7/root/go-1.26/x_1.2+3"})
  void aPlainPathMayStandInAProgram(String path) {
    assertThat(path).matches(MapGrowthEvidence.PLAIN_PATH);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/proc/7/root/*",
        "/proc/7/root/a:b",
        "/proc/7/root/a{exit()}",
        "/proc/7/root/a b",
        "/proc/7/root/a\"b",
        "/proc/7/root/a\nb"
      })
  void whatAnImageCallsItsFileIsNeverPartOfAProgram(String path) {
    assertThat(path).doesNotMatch(MapGrowthEvidence.PLAIN_PATH);
  }
}
