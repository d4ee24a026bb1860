package dev.heapwarden.probes.go;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoVersionTest {
  @ParameterizedTest
  @CsvSource({
    "go1.20.14, false, false",
    "go1.21.13, true, false",
    "go1.23.6, true, false",
    "go1.24.0, true, true",
    "go1.24.0 X:noswissmap, true, false",
    "go1.27rc1, true, true",
    "go1.28.0, false, true"
  })
  void layoutsAreKnownByRelease(String text, boolean supported, boolean swiss) {
    var version = GoVersion.parse(text).orElseThrow();

    assertThat(version.supported()).isEqualTo(supported);
    assertThat(version.swissMaps()).isEqualTo(swiss);
  }

  @Test
  void aDevelopmentBuildIsNotGuessed() {
    assertThat(GoVersion.parse("devel go1.27-a1b2c3d Mon Jan 5")).isEmpty();
  }
}
