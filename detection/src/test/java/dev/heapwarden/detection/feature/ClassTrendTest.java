package dev.heapwarden.detection.feature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.JavaClass;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A window of a minute, and a horizon of ten. */
class ClassTrendTest {
  private static final Frame FRAME =
      new Frame(Instant.EPOCH, Duration.ZERO, Duration.ofMinutes(1), Duration.ofMinutes(10));

  /** A cache that filled between two looks, and creeps since. */
  private static final double[][] FILLED = {
    {100, 1_000}, {130, 1_000}, {160, 1_001}, //
    {400, 9_000}, {430, 9_001}, {460, 9_002}, //
    {500, 9_003}, {530, 9_150}, {560, 9_303}
  };

  @Test
  void whatFilledBetweenTwoLooksDoesNotKeepGrowing() {
    assertThat(trend(699, FILLED).perSecond()).isZero();
  }

  /** What is left of the first look would have risen with the cache. */
  @Test
  void aLookThatTheHorizonCutsIsLeftOut() {
    assertThat(trend(720, FILLED).perSecond()).isZero();
    assertThat(trend(740, FILLED).perSecond()).isZero();
  }

  @Test
  void aLookThatHadNotEndedThenIsLeftOut() {
    double[][] emptied = {
      {100, 1_000}, {130, 1_300}, {160, 1_600}, //
      {400, 4_000}, {430, 4_300}, {460, 4_600}, //
      {500, 5_000}, {530, 10}, {560, 20}
    };

    assertThat(trend(559, emptied).instances()).isEqualTo(4_600);
    assertThat(trend(560, emptied).instances()).isEqualTo(20);
  }

  /** The operator keeps counts for a day, whatever look they are of. */
  @Test
  void aLookOfWhichOnlyAPartIsKeptIsLeftOut() {
    double[][] kept = Arrays.copyOfRange(FILLED, 1, FILLED.length);

    assertThat(trend(699, kept).perSecond()).isZero();
  }

  private static ClassTrend trend(double age, double[][] counts) {
    var series =
        new Series(
            Arrays.stream(counts).mapToDouble(count -> count[0]).toArray(),
            Arrays.stream(counts).mapToDouble(count -> count[1]).toArray());
    var entry = new JavaClass(7, "shop.Entry", 24);
    return ClassTrend.fastest(List.of(new ClassSeries(entry, series)), FRAME, age).orElseThrow();
  }
}
