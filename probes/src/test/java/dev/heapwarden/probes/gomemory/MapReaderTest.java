package dev.heapwarden.probes.gomemory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MapReaderTest {
  static List<String> toolchains() {
    return GoMemoryProgram.toolchains();
  }

  @ParameterizedTest
  @MethodSource("toolchains")
  void aMapsEntriesAndTheRoomOfItsTableAreTold(String toolchain) throws Exception {
    try (var program = GoMapsProgram.start(toolchain)) {
      for (var map : List.of("sessions", "named", "places", "numbers", "wide")) {
        var place = program.place(map);
        var told = told(program, map);

        assertThat(told.entries()).as(map).isEqualTo(place.entries());
        // A table that was filled is between three eighths and seven eighths full.
        assertThat((double) told.entries() / told.capacity()).as(map).isBetween(0.375, 0.875);
        assertThat(told.emptied()).as(map).isFalse();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("toolchains")
  void aMapThatWasEmptiedKeepsItsTable(String toolchain) throws Exception {
    try (var program = GoMapsProgram.start(toolchain)) {
      var full = told(program, "sessions");
      var told = told(program, "emptied");

      assertThat(told.entries()).isEqualTo(1000);
      assertThat(told.capacity()).isBetween(100_000L, full.capacity() * 3 / 2);
      assertThat(told.emptied()).isTrue();
      // A key of 16 bytes and an element of 16, and a byte of control.
      assertThat(told.tableBytes()).isGreaterThanOrEqualTo(told.capacity() * 33);
    }
  }

  @ParameterizedTest
  @MethodSource("toolchains")
  void aSmallMapIsToldAndNeverCalledEmptied(String toolchain) throws Exception {
    try (var program = GoMapsProgram.start(toolchain)) {
      assertThat(told(program, "small").entries()).isEqualTo(3);
      assertThat(told(program, "small").capacity()).isEqualTo(8);
      assertThat(told(program, "none").entries()).isZero();
      assertThat(told(program, "none").emptied()).isFalse();
    }
  }

  private static MapReading.Told told(GoMapsProgram program, String map) throws IOException {
    var place = program.place(map);
    try (var process = program.open()) {
      var reading = new MapReader(process).read(place.address(), place.descriptor());
      assertThat(reading).as(map).isInstanceOf(MapReading.Told.class);
      return (MapReading.Told) reading;
    }
  }
}
