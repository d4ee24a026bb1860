package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.GoSettings;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.respond.Fixtures;
import dev.heapwarden.operator.respond.action.GcLadder.Choice;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Live heap of 100 MiB, a collection each second: 0.3 CPU now, 1.5 with GOGC=20, 6 with 5. */
class GcLadderTest {
  private static final double MIB = 1 << 20;
  private static final Container TWO_CPUS =
      new ContainerBuilder()
          .withNewResources()
          .addToLimits("cpu", new Quantity("2"))
          .endResources()
          .build();

  private final Optional<GcForecast> forecast = Optional.of(new GcForecast(100 * MIB, 1));

  @Test
  void withoutABoundThePolicysNumberIsSetAndWhatItCostsIsSaid() {
    assertThat(ladder(20, null, TWO_CPUS).choose(forecast))
        .isEqualTo(
            new Choice(
                Optional.of(20),
                "GOGC=20: forecast 5.00 collections/s instead of 1.00, at most 1.50 CPU instead of"
                    + " 0.30 for a live heap of 100 MiB"));
    assertThat(ladder(20, null, TWO_CPUS).choose(Optional.empty()))
        .isEqualTo(new Choice(Optional.of(20), ""));
  }

  @ParameterizedTest
  @CsvSource({"75, 20", "74, 50", "30, 50"})
  void theLowestRungWithinTheBoundIsSet(int bound, int chosen) {
    assertThat(ladder(20, bound, TWO_CPUS).choose(forecast).percent()).contains(chosen);
  }

  @Test
  void aRungThatWouldCostTooMuchIsRefusedWithItsFigures() {
    assertThat(ladder(5, 50, TWO_CPUS).choose(forecast).note())
        .startsWith("GOGC=50: forecast 2.00 collections/s instead of 1.00")
        .endsWith(
            "; GOGC=5 refused: at most 6.00 CPU, and the policy allows 1.00; GOGC=20 refused: at"
                + " most 1.50 CPU, and the policy allows 1.00");
  }

  @Test
  void whereEachRungWouldCostTooMuchNoneIsSet() {
    assertThat(ladder(20, 29, TWO_CPUS).choose(forecast).percent()).isEmpty();
    assertThat(ladder(20, 59, new Container()).choose(forecast).percent())
        .as("one CPU without a limit")
        .isEmpty();
  }

  @Test
  void withABoundNothingIsSetWhoseCostCannotBeForecast() {
    assertThat(ladder(20, 100, TWO_CPUS).choose(Optional.empty()))
        .isEqualTo(
            new Choice(
                Optional.empty(),
                "GOGC is left out: what it costs cannot be forecast without live heap and"
                    + " collections"));
  }

  @Test
  void aHigherNumberThanTheRungsIsSetWhereItKeepsTheBound() {
    assertThat(ladder(80, 19, TWO_CPUS).choose(forecast).percent()).contains(80);
    assertThat(ladder(80, 18, TWO_CPUS).choose(forecast).percent()).isEmpty();
  }

  /** The forecast moves between intent and act; a number that the policy does not name never is. */
  @Test
  void whatWasDecidedBeforeStandsWhereThePolicyNamesIt() {
    var ladder = ladder(20, 50, TWO_CPUS);
    assertThat(ladder.as(Map.of("GOGC", "20")).percent()).contains(20);
    assertThat(ladder.as(Map.of("GOGC", "5")).percent()).isEmpty();
    assertThat(ladder.as(Map.of()).percent()).isEmpty();
    assertThat(ladder(20, null, TWO_CPUS).as(Map.of("GOGC", "7")).percent()).contains(20);
  }

  @Test
  void theContainerThatWouldCostMostIsForecast() {
    assertThat(
            GcForecast.of(
                List.of(
                    seen(Map.of("live_heap", 50 * MIB, "gc_rate", 4.0)),
                    seen(Map.of("live_heap", 90 * MIB, "gc_rate", 1.0)),
                    seen(Map.of("live_heap", 900 * MIB)))))
        .contains(new GcForecast(50 * MIB, 4));
  }

  /** Go collects no smaller heap than 4 MiB by GOGC. */
  @Test
  void aTinyHeapHasNoForecast() {
    assertThat(GcForecast.of(List.of(seen(Map.of("live_heap", 3 * MIB, "gc_rate", 9.0)))))
        .isEmpty();
  }

  private static GcLadder ladder(
      int percent, @org.jspecify.annotations.Nullable Integer bound, Container container) {
    return GcLadder.of(new GoSettings(null, percent, bound, null), container).orElseThrow();
  }

  static Assessment seen(Map<String, Double> features) {
    return new Assessment(
        "w1",
        new ContainerKey("shop", "checkout-1", "p1", "checkout", "id"),
        RuntimeKind.GO,
        false,
        new Verdict.Confirmed(
            new Evidence(
                Layer.RUNTIME, Cause.UNKNOWN, "It leaks.", null, null, "", List.of(), features)),
        Duration.ofHours(1),
        Fixtures.NOON);
  }
}
