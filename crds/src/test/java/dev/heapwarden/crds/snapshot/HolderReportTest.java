package dev.heapwarden.crds.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.HolderReport.Kind;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HolderReportTest {
  private final HolderReport idle = held("main.catalogue", 0.1, 0.0);

  @Test
  void theLargestThatGainsLeadsEvenWhereMoreIsInFlightThanAWhileAgo() {
    assertThat(leading(held("main.pending", 0.1, 500_000.0), held("main.kept", 0.7, 80_000.0)))
        .isEqualTo("main.kept");
  }

  @Test
  void whatIsLargeAndDoesNotGainLeadsNothing() {
    assertThat(leading(held("main.cache", 0.8, 0.0), held("main.kept", 0.1, 80_000.0)))
        .isEqualTo("main.kept");
    assertThat(leading(held("main.cache", 0.8, -9_000.0), held("main.kept", 0.1, 80_000.0)))
        .isEqualTo("main.kept");
    assertThat(leading(held("main.cache", 0.8, 2_000.0), held("main.kept", 0.1, 80_000.0)))
        .as("a twentieth of what is gained, at least")
        .isEqualTo("main.kept");
  }

  @Test
  void whereNoneIsLargeTheOneThatGainsMostOfAllLeads() {
    assertThat(leading(held("main.kept", 0.2, 60_000.0), held("main.pending", 0.3, 40_000.0)))
        .isEqualTo("main.kept");
    assertThat(
            leading(
                held("main.kept", 0.2, 40_000.0),
                held("main.other", 0.2, 30_000.0),
                held("main.pending", 0.3, 30_000.0)))
        .isEqualTo("nobody");
  }

  @Test
  void nobodyLeadsWhereNobodyGainsOrTheRuntimeDoes() {
    assertThat(leading(held("main.kept", 0.9, 1_000.0))).isEqualTo("nobody");
    assertThat(leading(held("main.kept", 0.9, null))).isEqualTo("nobody");
    assertThat(leading(held("runtime.allgs", 0.9, 50_000.0))).isEqualTo("nobody");
  }

  private String leading(HolderReport... holders) {
    return HolderReport.leading(Stream.concat(Stream.of(holders), Stream.of(idle)).toList())
        .map(HolderReport::name)
        .orElse("nobody");
  }

  private static HolderReport held(String name, double share, @Nullable Double gained) {
    long bytes = Math.round(share * 100_000_000);
    return new HolderReport(Kind.VARIABLE, name, null, bytes, share, 9, gained, 2, null, List.of());
  }
}
