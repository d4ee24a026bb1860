package dev.heapwarden.detection.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MannKendallTest {
  /** Of seven that only rise: 21 pairs, and a variance of 7 x 6 x 19 / 18. */
  @Test
  void valuesThatOnlyRiseHaveTheScoreOfAllPairs() {
    var test = test(9, 15, 19, 20, 45, 55, 78);

    assertThat(test.score()).isEqualTo(21);
    assertThat(test.variance()).isCloseTo(44.333, within(1e-3));
    assertThat(test.z()).isCloseTo(20 / Math.sqrt(44.333), within(1e-3));
  }

  @Test
  void valuesThatFallHaveANegativeScore() {
    assertThat(test(78, 55, 45, 20, 19, 15, 9).z())
        .isCloseTo(-20 / Math.sqrt(44.333), within(1e-3));
  }

  @Test
  void equalValuesHaveNoTrend() {
    assertThat(test(5, 5, 5, 5, 5, 5, 5, 5).z()).isZero();
  }

  @Test
  void valuesThatRepeatThoseBeforeThemCountForLess() {
    var noise = new Random(1);
    double level = 0;
    var walk = new double[48];
    for (int i = 0; i < walk.length; i++) {
      level = 0.9 * level + noise.nextGaussian();
      walk[i] = level;
    }
    var shuffled = IntStream.range(0, 48).mapToDouble(i -> walk[i * 29 % 48]).toArray();

    assertThat(test(walk).variance()).isGreaterThan(3 * test(shuffled).variance());
  }

  private static MannKendall test(double... values) {
    var ages = IntStream.range(0, values.length).asDoubleStream().toArray();
    return TheilSen.of(new Series(ages, Arrays.copyOf(values, values.length))).test();
  }
}
