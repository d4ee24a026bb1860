package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.heapwarden.crds.snapshot.MapReport;
import dev.heapwarden.probes.go.Frame;
import dev.heapwarden.probes.probe.BpftraceLine;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The lines are bpftrace 0.23.2's own, recorded from a window of three seconds. */
class MapWindowTest {
  private final MapWindow window = new MapWindow();

  @Test
  void aWindowLastedUntilItWasClosedAlsoWhereNothingWasWrittenFromThenOn() {
    read("{\"type\": \"printf\", \"data\": \"start 2134500000000\\n\"}");
    read("{\"type\": \"map\", \"data\": {\"@lastat\": {\"5\": 2135500000000}}}");
    assertThat(window.seconds()).as("cut").isEqualTo(1.0);

    read("{\"type\": \"printf\", \"data\": \"end 2140500000000\\n\"}");

    assertThat(window.seconds()).isEqualTo(6.0);
  }

  /** As bpftrace 0.23.2 prints a tuple. */
  @Tag("E9")
  @Test
  void theLastOperationsOnAMapAreToldWithTheirGoroutinesTheLastOneFirst() {
    read("{\"type\": \"printf\", \"data\": \"start 2000000000\\n\"}");
    read(
        "{\"type\": \"map\", \"data\": {\"@op\": {\"5\":"
            + " [2, 17, 3500000000, 1, 0, 3000000000, 0, 0, 0]}}}");

    assertThat(window.lastOperations(new MapReport("0x5", null, 64, 0, 0, List.of())))
        .containsExactly(
            new MapOperation(MapOperation.Kind.DELETE, 17L, 1.5),
            new MapOperation(MapOperation.Kind.ASSIGN, null, 1.0));
    assertThat(window.lastOperations(new MapReport("0x6", null, 64, 0, 0, List.of()))).isEmpty();
  }

  @Tag("E9")
  @Test
  void aWindowNamesTheMapItsTypeItsGrowthItsWriterAndWhoCalledThat() {
    read("{\"type\": \"attached_probes\", \"data\": {\"probes\": 3}}");
    assertThat(window.attached()).isFalse();
    read("{\"type\": \"printf\", \"data\": \"start 2134500000000\\n\"}");
    read("{\"type\": \"map\", \"data\": {\"@first\": {\"53350962564144\": 282521}}}");
    read("{\"type\": \"map\", \"data\": {\"@hits\": 5740}}");
    read("{\"type\": \"map\", \"data\": {\"@last\": {\"53350962564144\": 288260}}}");
    read("{\"type\": \"map\", \"data\": {\"@lastat\": {\"53350962564144\": 2137500000000}}}");
    read("{\"type\": \"map\", \"data\": {\"@type\": {\"53350962564144\": 4856800}}}");
    read(
        "{\"type\": \"map\", \"data\": {\"@writes\": {\"53350962564144,4845711,1,2\": 5740,"
            + " \"53350962564144,4845711,7,2\": 40, \"53350962564144,17,1,2\": 60}}}");

    assertThat(window.attached()).isTrue();
    assertThat(window.hits()).isEqualTo(5740);
    assertThat(window.seconds()).isEqualTo(3.0);
    assertThat(
            window.maps(
                3.0,
                frames ->
                    frames[0] == 4845711
                        ? List.of(
                            new Frame("main.remember", "main.go", 28),
                            frames[1] == 7
                                ? new Frame("main.replay", "", 0)
                                : new Frame("main.serve", "main.go", 40))
                        : List.of(),
                type -> type == 4856800 ? Optional.of("map[string]int") : Optional.empty()))
        .containsExactly(
            new MapReport(
                "0x3085bd2c0c30",
                "map[string]int",
                288260,
                5739 / 3.0,
                5840 / 3.0,
                List.of(
                    new MapReport.Site(
                        "main.remember", "main.go:28", 5780, List.of("main.serve (main.go:40)")))))
        .first()
        .satisfies(
            map -> {
              assertThat(MapWindow.address(map)).isEqualTo(53350962564144L);
              assertThat(window.descriptor(map)).isEqualTo(4856800);
            });
  }

  @Test
  void theFastestGrowingMapComesFirstAndAShrinkingOneIsNegative() {
    read("{\"type\": \"printf\", \"data\": \"start 1\\n\"}");
    read("{\"type\": \"map\", \"data\": {\"@first\": {\"16\": 1000, \"32\": 100, \"48\": 500}}}");
    read("{\"type\": \"map\", \"data\": {\"@last\": {\"16\": 1000, \"32\": 200, \"48\": 400}}}");

    assertThat(window.maps(10.0, frames -> List.of(), type -> Optional.empty()))
        .extracting(MapReport::instance, MapReport::entriesPerSecond)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("0x20", 10.0),
            org.assertj.core.groups.Tuple.tuple("0x10", 0.0),
            org.assertj.core.groups.Tuple.tuple("0x30", -10.0));
  }

  /** 1,000 writes each in ten seconds. */
  @Test
  void aMapThatIsEmptiedAsItFillsIsSteadyAndComesAfterThoseThatGrow() {
    read("{\"type\": \"printf\", \"data\": \"start 1\\n\"}");
    read(
        "{\"type\": \"map\", \"data\": {\"@first\": {\"16\": 100, \"32\": 100, \"48\": 100, \"64\":"
            + " 100}}}");
    read(
        "{\"type\": \"map\", \"data\": {\"@last\": {\"16\": 180, \"32\": 300, \"48\": 900, \"64\":"
            + " 120}}}");
    read(
        "{\"type\": \"map\", \"data\": {\"@writes\": {\"16,1,1,1\": 1000, \"32,1,1,1\": 1000,"
            + " \"48,1,1,1\": 1000, \"64,1,1,1\": 1000}}}");
    read("{\"type\": \"map\", \"data\": {\"@deletes\": {\"16\": 920, \"32\": 800}}}");
    read("{\"type\": \"map\", \"data\": {\"@clears\": {\"48\": 1}}}");

    assertThat(window.maps(10.0, frames -> List.of(), type -> Optional.empty()))
        .extracting(
            MapReport::instance, MapReport::deletesPerSecond, MapReport::clears, MapReport::steady)
        .containsExactly(
            tuple("0x20", 80.0, 0L, false),
            tuple("0x40", 0.0, 0L, false),
            tuple("0x30", 0.0, 1L, true),
            tuple("0x10", 92.0, 0L, true));
  }

  /** As bpftrace 0.23 and 0.27 say it. */
  @Test
  void whatThereWasNoRoomForIsCounted() {
    read("{\"type\": \"printf\", \"data\": \"start 1\\n\"}");
    assertThat(window.lost()).isZero();

    read("{\"type\": \"lost_events\", \"data\": {\"events\": 79228}}");
    read(
        "{\"type\": \"helper_error\", \"msg\": \"Map full; can't update element. Try increasing"
            + " max_map_keys config\", \"helper\": \"map_update_elem\", \"retcode\": -7,"
            + " \"line\": 2, \"col\": 27}");
    read(
        "{\"type\": \"helper_error\", \"msg\": \"Argument list too long\", \"helper\":"
            + " \"map_update_elem\", \"retcode\": -7, \"filename\": \"full.bt\", \"line\": 2,"
            + " \"col\": 27}");

    assertThat(window.lost()).isEqualTo(79230);
  }

  private void read(String line) {
    window.read(BpftraceLine.parse(line).orElseThrow());
  }
}
