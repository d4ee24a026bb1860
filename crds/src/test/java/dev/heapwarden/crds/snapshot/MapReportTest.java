package dev.heapwarden.crds.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MapReportTest {
  /** Deletes are counted also where they find nothing, as by a key that is never the same twice. */
  @ParameterizedTest
  @CsvSource({
    "1, 100, 99, 0, true",
    "100, 100, 99, 0, false",
    "1, 100, 50, 0, false",
    "9, 100, 0, 2, true"
  })
  void aMapIsSteadyWhereDeletesKeepUpAndItDoesNotGrow(
      double gained, double written, double deleted, long cleared, boolean steady) {
    var map = new MapReport("0x1", null, 1_000, gained, written, deleted, cleared, List.of());

    assertThat(map.steady()).isEqualTo(steady);
  }
}
