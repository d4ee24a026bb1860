package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.gomemory.MapReading;
import dev.heapwarden.probes.probe.ProbeEvent;
import dev.heapwarden.probes.sample.GrownMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MapAdviceTest {
  private static final long SECOND = 1_000_000_000;

  @Tag("E12")
  @Test
  void anEmptiedMapThatIsKeptIsToldWithWhatItHolds() {
    assertThat(MapAdvice.of(List.of(quiet(1000, 131_072, 4 << 20, true)), List.of()))
        .containsExactly(
            "map[int]int at main.fill (main.go:1) is an emptied map that is kept: 1000 entries in"
                + " room for 131072, which nobody wrote in the window. Its tables hold 4.0 MiB and"
                + " never shrink: make a new map where it is emptied.");
  }

  @Test
  void ofAMapThatIsInUseNothingIsSaid() {
    assertThat(MapAdvice.of(List.of(quiet(90_000, 131_072, 4 << 20, false)), List.of())).isEmpty();
  }

  /** Of 200,000 places 131,072 are an emptied map's, 1,072 of them used. */
  @Tag("E12")
  @Test
  void rulesMaySpeakOfTheRoomThatEmptiedMapsKeep() {
    assertThat(
            report(
                    quiet(1072, 131_072, 4 << 20, true),
                    quiet(60_000, 68_928, 2 << 20, false),
                    untold())
                .emptied())
        .containsExactly(Map.entry(Signal.EMPTIED_MAP_SHARE, 0.65));
    assertThat(report(quiet(60_000, 68_928, 2 << 20, false)).emptied())
        .containsExactly(Map.entry(Signal.EMPTIED_MAP_SHARE, 0.0));
    assertThat(report(untold()).emptied()).as("no map was read").isEmpty();
  }

  private static MapGrowthEvidence.Report report(QuietMap... quiet) {
    return new MapGrowthEvidence.Report(7, 5, 0, false, 0, List.of(), List.of(quiet));
  }

  private static QuietMap untold() {
    return new QuietMap(
        "0x1", "map[int]int", "main.fill", "main.go:1", 9, new MapReading.Untold("gone"));
  }

  @Test
  void ofAMapThatCannotBeReadNothingIsSaid() {
    assertThat(MapAdvice.of(List.of(untold()), List.of())).isEmpty();
  }

  /** As a large map is built for each request without a hint of its size. */
  @Tag("E16")
  @Test
  void mapsThatGrowFromNothingAgainAndAgainAreToldWithTheSizeToMakeThem() {
    assertThat(
            MapAdvice.of(
                List.of(), List.of(grown(0xa, 29_989, 400, 300), grown(0xb, 29_614, 55, 300))))
        .containsExactly(
            "map[int]int at main.storm (clean.go:158) was built 455 times within 5m, up to 29989"
                + " entries: a storm of growth, and no leak. make(map[int]int, 29989) gives it its"
                + " room at once.");
  }

  /** A map that leaks grows as large, once. */
  @Test
  void aMapThatKeepsGrowingIsNoStorm() {
    assertThat(MapAdvice.of(List.of(), List.of(grown(0xa, 5_000_000, 1, 300)))).isEmpty();
  }

  @Test
  void neitherAreSmallMapsNorRareOnes() {
    assertThat(MapAdvice.of(List.of(), List.of(grown(0xa, 900, 100_000, 300)))).isEmpty();
    assertThat(MapAdvice.of(List.of(), List.of(grown(0xa, 29_989, 24, 86_400)))).isEmpty();
  }

  private static QuietMap quiet(long entries, long capacity, long bytes, boolean emptied) {
    return new QuietMap(
        "0x1",
        "map[int]int",
        "main.fill",
        "main.go:1",
        100_000,
        new MapReading.Told(entries, capacity, bytes, emptied, new MapReading.Untold("not asked")));
  }

  private static GrownMap grown(long address, long entries, long lives, long seconds) {
    return new GrownMap(
        new MapInstance(7, Long.toHexString(address), "main.storm", "clean.go:158", "map[int]int"),
        new ProbeEvent.MapGrowth(7, (10 + seconds) * SECOND, address, entries, 0xabc, List.of()),
        lives,
        10 * SECOND);
  }
}
