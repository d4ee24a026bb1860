package dev.heapwarden.operator.incident;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordingTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0.0 KiB/h",
    "100, 352 KiB/h",
    "1000, 3.4 MiB/h",
    "12233, 42 MiB/h",
    "650000, 2.2 GiB/h",
    "-1000, -3.4 MiB/h"
  })
  void growthIsToldPerHourInAUnitThatKeepsItShort(double bytesPerSecond, String text) {
    assertThat(Wording.growth(bytesPerSecond)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0s",
    "PT2M31S, 2m31s",
    "PT12M31S, 12m",
    "PT3H20M59S, 3h20m",
    "PT100H20M, 100h"
  })
  void theTimeToTheLimitIsAsExactAsOneCanActOn(Duration timeToLimit, String text) {
    assertThat(Wording.limitIn(timeToLimit)).isEqualTo(text);
  }

  @Test
  void withoutALimitThereIsNoTimeToIt() {
    assertThat(Wording.limitIn(null)).isEqualTo("-");
  }
}
