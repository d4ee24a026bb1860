package dev.heapwarden.detection.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EbbTest {
  private static double newHigh(double... levels) {
    var ages = IntStream.range(0, levels.length).asDoubleStream().toArray();
    return Ebb.of(new Series(ages, levels)).newHigh();
  }

  @Test
  void whatNeverFellIsANewHigh() {
    assertThat(newHigh(10, 20, 30)).isEqualTo(1);
    assertThat(newHigh(100, 96, 120)).isEqualTo(1);
    assertThat(newHigh(100)).isEqualTo(1);
  }

  @Test
  void whatComesBackToWhereItFellFromIsNone() {
    assertThat(newHigh(100, 40, 60, 100)).isZero();
    assertThat(newHigh(100, 40, 70)).isEqualTo(-0.5);
  }

  @Test
  void beyondThatItIsOneByThePartOfTheDeepestFall() {
    assertThat(newHigh(100, 60, 80, 70, 120)).isEqualTo(0.5);
  }
}
