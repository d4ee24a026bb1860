package dev.heapwarden.detection.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heapwarden.detection.feature.RollingSeries.Kept;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Readings every 15 s, and what is left of them. */
class RollingSeriesTest {
  private static final int LEVEL = 24;
  private static final int STEP = 15;
  private static final int DAY = 24 * 3600 / STEP;
  private static final Frame FRAME =
      new Frame(Instant.EPOCH, Duration.ZERO, Duration.ofMinutes(5), Duration.ofHours(24));

  private final RollingSeries series = new RollingSeries(LEVEL, Kept.MEDIAN);

  @Test
  void aDayOfReadingsTakesAFewPointsThatReachBackToItsBeginning() {
    feed(DAY);

    var kept = read();
    assertThat(kept.size()).isBetween(100, 140);
    assertThat(kept.samples()).isEqualTo(DAY);
    assertThat(kept.age(0)).isLessThan(2.0 * DAY * STEP / LEVEL);
    assertThat(kept.lastAge()).isEqualTo((DAY - 1.0) * STEP);
  }

  @Test
  void theNewestAreKeptAsTheyCame() {
    feed(DAY);

    var kept = read();
    for (int ago = 1; ago <= LEVEL - 2; ago++) {
      assertThat(kept.value(kept.size() - ago)).isEqualTo(DAY - ago);
    }
  }

  @Test
  void neighboursLieFartherApartOnlyAsTheyAreOlder() {
    feed(DAY);

    var kept = read();
    for (int i = 1; i < kept.size(); i++) {
      double old = kept.lastAge() - kept.age(i);
      assertThat(kept.age(i) - kept.age(i - 1)).isLessThanOrEqualTo(2 * old / LEVEL + 3 * STEP);
    }
  }

  @Test
  void aStraightLineStaysStraight() {
    feed(DAY);

    var kept = read();
    for (int i = 0; i < kept.size(); i++) {
      assertThat(kept.age(i)).isEqualTo(kept.value(i) * STEP);
    }
  }

  /**
   * Every fifth reading is taken in the middle of a request: a mean of three would rise with it.
   */
  @Test
  void skewedNoiseIsNoHigherInThePastThanNow() {
    var noise = new Random(1);
    for (int i = 0; i < DAY; i++) {
      series.add(1000L * i * STEP, 100 + noise.nextInt(5) + (noise.nextInt(5) == 0 ? 50 : 0));
    }

    var kept = read();
    assertThat(kept.slice(0, 48).medianValue())
        .isCloseTo(kept.slice(kept.size() - 22, kept.size()).medianValue(), within(2.0));
  }

  @Test
  void whatComesLateIsPutInItsPlace() {
    feed(10);
    series.add(7_000, 99);

    assertThat(read().age(1)).isEqualTo(7);
    assertThat(read().value(1)).isEqualTo(99);
    assertThat(read().lastValue()).isEqualTo(9);
  }

  @Test
  void whatComesLaterThanTheReadingsAroundItAreKeptIsLeftOut() {
    feed(DAY);
    series.add(7_000, 99);

    assertThat(read().samples()).isEqualTo(DAY);
  }

  @Test
  void whatIsTooOldIsForgottenAndTheRestGoesOn() {
    feed(DAY);
    series.dropBefore((DAY - 20L) * STEP * 1000);
    assertThat(read().size()).isEqualTo(20);

    for (int i = DAY; i < DAY + 1_000; i++) {
      series.add((long) i * STEP * 1000, i);
    }

    var kept = read();
    assertThat(kept.samples()).isEqualTo(1_020);
    assertThat(kept.size()).isLessThan(120);
  }

  @Test
  void aContainerMayRunForYears() {
    long often = Duration.ofHours(20).toMillis();
    for (int i = 0; i < 1_000; i++) {
      series.dropBefore(i * often - Duration.ofHours(24).toMillis());
      series.add(i * often, i);
    }

    assertThat(read().lastAge()).isEqualTo(999 * often / 1e3);
    assertThat(read().age(0)).isEqualTo(998 * often / 1e3);
    assertThat(read().value(0)).isEqualTo(998);
  }

  @Test
  void aCounterIsKeptAsItWasRead() {
    var counter = new RollingSeries(12, Kept.FIRST);
    for (int i = 0; i < DAY; i++) {
      counter.add(1000L * i * STEP, i % 2 == 0 ? i : i + 0.25);
    }

    var kept = counter.toSeries(FRAME);
    assertThat(kept.value(0)).isZero();
    for (int i = 0; i < kept.size(); i++) {
      double reading = kept.age(i) / STEP;
      assertThat(kept.value(i)).isEqualTo(reading % 2 == 0 ? reading : reading + 0.25);
    }
  }

  private void feed(int readings) {
    for (int i = 0; i < readings; i++) {
      series.add((long) i * STEP * 1000, i);
    }
  }

  private Series read() {
    return series.toSeries(FRAME);
  }
}
