package dev.heapwarden.e2e.accuracy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.Settings;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The published methods do what their papers say on the series that their papers show. */
class RivalsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final ContainerKey KEY = new ContainerKey("shop", "pod", "uid", "main", "id");
  private static final Settings SETTINGS =
      new Settings(
          Duration.ofSeconds(20),
          Duration.ofSeconds(5),
          Duration.ofMinutes(24),
          Duration.ofSeconds(20));

  static Stream<Method> rivals() {
    return Stream.of(
        new LinearRegression(),
        new PredictLinear(15),
        new LinearBackwardRegression(),
        new PrecogMf(75));
  }

  @ParameterizedTest
  @MethodSource("rivals")
  void aStraightLineToTheLimitIsALeak(Method method) {
    assertThat(method.judge(moment(second -> 30 + second * 0.2)).alarm())
        .isEqualTo(Opinion.Alarm.CONFIRMED);
  }

  @ParameterizedTest
  @MethodSource("rivals")
  void noiseAroundALevelIsNone(Method method) {
    assertThat(method.judge(moment(_ -> 60)).alarm()).isEqualTo(Opinion.Alarm.NONE);
  }

  @ParameterizedTest
  @MethodSource("rivals")
  void memoryThatFallsIsNone(Method method) {
    assertThat(method.judge(moment(second -> 90 - second * 0.1)).alarm())
        .isEqualTo(Opinion.Alarm.NONE);
  }

  /** After 280 seconds of readings every two, in percent of the limit, with a little noise. */
  private static Moment moment(DoubleUnaryOperator percent) {
    var noise = new Random(7);
    var samples =
        IntStream.range(0, 140)
            .mapToObj(
                i ->
                    new Sample(
                        i,
                        START.plusSeconds(2L * i),
                        KEY,
                        Origin.CGROUP,
                        Map.of(
                            Signal.MEMORY_LIMIT,
                            100e6,
                            Signal.ANONYMOUS_MEMORY,
                            (percent.applyAsDouble(2.0 * i) + noise.nextGaussian() * 0.5) * 1e6),
                        null))
            .toList();
    return new Moment(
        START.plusSeconds(280),
        new ContainerState(KEY, "policy", RuntimeKind.NATIVE, "", START, List.of(), null),
        samples,
        SETTINGS);
  }
}
