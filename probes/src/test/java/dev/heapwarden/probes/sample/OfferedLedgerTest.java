package dev.heapwarden.probes.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OfferedLedgerTest {
  private final OfferedLedger ledger = new OfferedLedger();

  @Test
  void aSumOfWhichOneSeriesEndedGoesOnFromWhereItWas() {
    assertThat(count(Origin.PROMETHEUS, 1_000)).isEqualTo(1_000);
    assertThat(count(Origin.PROMETHEUS, 900)).isEqualTo(1_000);
    assertThat(count(Origin.PROMETHEUS, 910)).isEqualTo(1_010);
  }

  @Test
  void eachSourceCountsForItself() {
    assertThat(count(Origin.PROMETHEUS, 1_000)).isEqualTo(1_000);
    assertThat(count(Origin.EXPVAR, 990)).isEqualTo(990);
    assertThat(count(Origin.PROMETHEUS, 1_001)).isEqualTo(1_001);
  }

  @Test
  void aLevelMayFall() {
    ledger.take(Origin.PROMETHEUS, Map.of(Signal.GOROUTINES, 10.0));

    assertThat(ledger.take(Origin.PROMETHEUS, Map.of(Signal.GOROUTINES, 4.0)))
        .isEqualTo(Map.of(Signal.GOROUTINES, 4.0));
  }

  private double count(Origin origin, double value) {
    return ledger
        .take(origin, Map.of(Signal.ALLOCATED_OBJECTS, value))
        .getOrDefault(Signal.ALLOCATED_OBJECTS, Double.NaN);
  }
}
