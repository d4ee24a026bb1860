package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heapwarden.crds.snapshot.MapReport;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.probes.gomemory.GoMapsProgram;
import dev.heapwarden.probes.probe.BpftraceLine;
import dev.heapwarden.probes.probe.ProbeEvent;
import dev.heapwarden.probes.sample.GrownMap;
import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MapTablesTest {
  private static final ProcFs PROC = new ProcFs(Path.of("/proc"));

  private static final long GROWN_TO = 100_000;

  /** A larger map whose memory holds something else by now. */
  private static final String DROPPED = "dropped";

  private GoMapsProgram program;

  @BeforeAll
  void start() throws IOException {
    program = GoMapsProgram.start("local");
  }

  @AfterAll
  void stop() {
    program.close();
  }

  @Test
  void theReportTellsOfAWrittenMapHowFullItsTableIsAndWhatItsKeysAreLike() throws Exception {
    var map = report(List.of("words"), List.of()).get("maps").get(0);

    assertThat(map.get("instance").asText()).startsWith("0x");
    assertThat(map.get("entriesPerSecond").asDouble()).isEqualTo(7);
    var table = map.get("table");
    assertThat(table.get("entries").asLong()).isEqualTo(6610);
    assertThat(table.get("capacity").asLong()).isBetween(8192L, 16_384L);
    assertThat(table.get("emptied").asBoolean()).isFalse();
    assertThat(table.at("/keys/equalAfter/caseFolding").asInt()).isEqualTo(300);
    assertThat(table.at("/keys/lengths/upTo32").asInt()).isEqualTo(1300);
    assertThat(table.at("/keys/spread/groups").asInt()).isPositive();
  }

  @Test
  void aMapThatGrewBeforeAndWasEmptiedIsToldThoughNobodyWritesIt() throws Exception {
    var map = report(List.of("words"), List.of("words", "emptied")).get("quiet");

    assertThat(map).hasSize(1);
    assertThat(map.get(0).get("site").asText()).isEqualTo("main.fill");
    assertThat(map.get(0).get("grownTo").asLong()).isEqualTo(GROWN_TO);
    assertThat(map.at("/0/table/entries").asLong()).isEqualTo(1000);
    assertThat(map.at("/0/table/emptied").asBoolean()).isTrue();
  }

  @Test
  void aMapThatIsKeptIsToldThoughManyThatWereDroppedWereLarger() throws Exception {
    var dropped = Collections.nCopies(20, DROPPED);
    var quiet =
        report(
                List.of("words"),
                Stream.concat(dropped.stream(), Stream.of("sessions", "emptied")).toList())
            .get("quiet");

    assertThat(quiet.findValuesAsText("type"))
        .containsExactly(DROPPED, DROPPED, "sessions", "emptied");
    assertThat(quiet.at("/0/table/untold").asText()).isEqualTo("no map where one should be");
    assertThat(quiet.at("/2/table/entries").asLong()).isEqualTo(90_000);
    assertThat(quiet.at("/3/table/emptied").asBoolean()).isTrue();
  }

  @Test
  void ofMapsThatAreQuietTheFourLargestAreTold() throws Exception {
    var quiet =
        report(
                List.of(),
                List.of(DROPPED, "sessions", "named", "places", "numbers", "wide", "emptied"))
            .get("quiet");

    assertThat(quiet.findValuesAsText("type"))
        .containsExactly("sessions", "named", "places", "numbers");
  }

  @Test
  void onlyTheFastestGrowingMapsAreLookedInto() throws Exception {
    var six = List.of("words", "named", "places", "numbers", "sessions", "wide");
    var maps = report(six, List.of()).get("maps");

    assertThat(maps.get(2).at("/table/keys/untold").asText()).isEqualTo("its keys are no strings");
    assertThat(maps.get(4).has("table")).isTrue();
    assertThat(maps.get(5).has("table")).isFalse();
  }

  @Test
  void aPidThatIsAnothersByNowIsNotRead() throws Exception {
    assertThat(report(1, List.of("words"), List.of()).at("/maps/0/table/untold").asText())
        .isEqualTo("the process has ended");
  }

  @Test
  void noKeyStandsInTheReport() throws Exception {
    assertThat(report(List.of("words", "sessions"), List.of("emptied")).toString())
        .doesNotContain("k/")
        .doesNotContain("\u00fc");
  }

  private JsonNode report(List<String> written, List<String> grown) throws IOException {
    return report(0, written, grown);
  }

  private JsonNode report(long startedLater, List<String> written, List<String> grown)
      throws IOException {
    var reports = new ArrayList<MapReport>();
    for (var map : written) {
      var place = program.place(map);
      reports.add(new MapReport(address(place), map, place.entries(), 7, 8, List.of()));
    }
    var before = new ArrayList<GrownMap>();
    for (var map : grown) {
      var place = map.equals(DROPPED) ? dropped() : program.place(map);
      before.add(
          new GrownMap(
              new MapInstance(program.pid(), address(place), "main.fill", "main.go:1", map),
              new ProbeEvent.MapGrowth(
                  program.pid(),
                  1,
                  place.address(),
                  Math.max(GROWN_TO, place.entries()),
                  place.descriptor(),
                  List.of()),
              1,
              1));
    }
    var contents =
        new MapTables(PROC).look(program.target(startedLater), reports, this::descriptor, before);
    return BpftraceLine.JSON.valueToTree(
        new MapGrowthEvidence.Report(
            program.pid(), 3, 100, false, 0, contents.written(), contents.quiet()));
  }

  private GoMapsProgram.Place dropped() throws IOException {
    long descriptor = program.place("words").descriptor();
    return new GoMapsProgram.Place(descriptor, descriptor, 2 * GROWN_TO);
  }

  private long descriptor(MapReport map) {
    try {
      return program.place(String.valueOf(map.type())).descriptor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String address(GoMapsProgram.Place place) {
    return "0x" + Long.toHexString(place.address());
  }
}
