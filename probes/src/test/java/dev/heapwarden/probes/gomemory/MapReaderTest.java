package dev.heapwarden.probes.gomemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.heapwarden.probes.go.GoPrograms;
import dev.heapwarden.probes.gomemory.GoMapsProgram.Place;
import dev.heapwarden.probes.target.ProcessMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("toolchains")
class MapReaderTest {
  private static final int READINGS = 40;

  /** Of a map that grows by 25 entries between them: three such maps, one after the other. */
  private static final int STEPS = 3 * 600;

  /** The program says how many entries it has every 1024 turns. */
  private static final long SLACK = 4096;

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
  void aMapIsToldHoweverManyOfItsTablesAreSplit(String toolchain) throws Exception {
    try (var program = GoMapsProgram.start(toolchain)) {
      for (int i = 0; i < STEPS; i++) {
        var place = program.place("stepwise");
        assertThat(read(program, place))
            .as("%d entries", place.entries())
            .isInstanceOfSatisfying(
                MapReading.Told.class,
                told -> assertThat(told.entries()).isEqualTo(place.entries()));
      }
    }
  }

  @Tag("E12")
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

  @Tag("E14")
  @ParameterizedTest
  @MethodSource("toolchains")
  void keysAreCountedByLengthAndByWhatTheyWouldBecome(String toolchain) throws Exception {
    try (var program = GoMapsProgram.start(toolchain)) {
      var place = program.place("words");
      var keys = keys(program, "words");

      // Shown as they are counted in main.go.
      assertThat(place.entries()).isEqualTo(6610);
      assertThat(keys.sampled()).isEqualTo(6610);
      assertThat(keys.lengths())
          .isEqualTo(new KeyFigures.Lengths(1000 + 300, 2000 + 200, 2000 + 100, 1000 + 10));
      assertThat(keys.equalAfter()).isEqualTo(new KeyFigures.EqualAfter(200, 300, 100));
      assertThat(keys.tooLongToCompare()).isEqualTo(10);
    }
  }

  @ParameterizedTest
  @MethodSource("toolchains")
  void ofAnEmptiedMapItsFewKeysAreFound(String toolchain) throws Exception {
    try (var program = GoMapsProgram.start(toolchain)) {
      var keys = keys(program, "emptied");

      assertThat(keys.sampled()).isBetween(100, 1000);
      assertThat(keys.lengths()).isEqualTo(new KeyFigures.Lengths(keys.sampled(), 0, 0, 0));
    }
  }

  @ParameterizedTest
  @MethodSource("toolchains")
  void ofALargeMapASampleOfKeysIsReadAndItsHashesAreEven(String toolchain) throws Exception {
    try (var program = GoMapsProgram.start(toolchain)) {
      var keys = keys(program, "sessions");

      assertThat(keys.sampled()).isEqualTo(8192);
      assertThat(keys.equalAfter()).isEqualTo(new KeyFigures.EqualAfter(0, 0, 0));
      var spread = Objects.requireNonNull(keys.spread());
      assertThat(spread.occupied()).isCloseTo(spread.occupiedIfEven(), withinPercentage(10));
      assertThat(spread.groups()).isBetween(8192 / 8, 8192);
    }
  }

  @ParameterizedTest
  @MethodSource("toolchains")
  void keysOfAStringTypeOfTheProgramsOwnAreStringsToo(String toolchain) throws Exception {
    try (var program = GoMapsProgram.start(toolchain)) {
      assertThat(keys(program, "named").lengths()).isEqualTo(new KeyFigures.Lengths(0, 5000, 0, 0));
    }
  }

  @ParameterizedTest
  @MethodSource("toolchains")
  void ofKeysThatAreNoStringsNothingIsTold(String toolchain) throws Exception {
    try (var program = GoMapsProgram.start(toolchain)) {
      for (var map : List.of("places", "numbers", "wide")) {
        assertThat(told(program, map).keys())
            .as(map)
            .isEqualTo(new MapReading.Untold("its keys are no strings"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("toolchains")
  void aMapThatIsWrittenWhileItIsReadIsToldRightlyOrNotAtAll(String toolchain) throws Exception {
    for (var writer : List.of("grow", "churn")) {
      try (var program = GoMapsProgram.start(toolchain)) {
        var place = program.place(writer);
        int toldTables = 0;
        int toldKeys = 0;
        for (int i = 0; i < READINGS; i++) {
          long before = entries(program);
          var reading = read(program, place, GoMapsProgram.BYTES);
          long after = entries(program);
          if (reading instanceof MapReading.Told told) {
            toldTables++;
            assertThat(told.entries()).as(writer).isBetween(before - SLACK, after + SLACK);
            assertThat(told.capacity()).isGreaterThanOrEqualTo(told.entries());
            assertThat(told.emptied()).isFalse();
            if (told.keys() instanceof KeyFigures keys) {
              toldKeys++;
              // Decimal numbers.
              assertThat(keys.lengths()).isEqualTo(new KeyFigures.Lengths(keys.sampled(), 0, 0, 0));
              assertThat(keys.equalAfter()).isEqualTo(new KeyFigures.EqualAfter(0, 0, 0));
            }
          }
        }
        assertThat(toldTables).as(writer).isPositive();
        assertThat(toldKeys).as(writer).isPositive();
      }
    }
  }

  /** The reader may lose the processor between the header and the tables. */
  @ParameterizedTest
  @MethodSource("toolchains")
  void aMapThatGrewSinceItsHeaderWasReadIsNotCalledEmptied(String toolchain) throws Exception {
    try (var program = GoMapsProgram.start(toolchain)) {
      var place = program.place("stepwise");
      while (place.entries() < 100) {
        place = program.place("stepwise");
      }
      try (var process = program.open(new SlowReader(program, place.address()))) {
        assertThat(new MapReader(process).read(place.address(), place.descriptor()))
            .isInstanceOfSatisfying(
                MapReading.Told.class, told -> assertThat(told.emptied()).isFalse());
      }
    }
  }

  @Test
  void aMapThatTheBytesDoNotSufficeForIsToldAsFarAsTheyDo() throws Exception {
    try (var program = GoMapsProgram.start("local")) {
      var place = program.place("sessions");

      assertThat(read(program, place, 1000))
          .isEqualTo(new MapReading.Untold("the limit of bytes to be read is reached"));
      assertThat(read(program, place, 200_000))
          .isInstanceOfSatisfying(
              MapReading.Told.class,
              told ->
                  assertThat(told.keys())
                      .isEqualTo(
                          new MapReading.Untold("the limit of bytes to be read is reached")));
    }
  }

  @Test
  void whereNoMapIsNothingIsTold() throws Exception {
    try (var program = GoMapsProgram.start("local")) {
      var map = program.place("sessions");
      var other = program.place("wide");

      assertThat(read(program, new Place(map.descriptor(), map.descriptor(), 0)))
          .isEqualTo(new MapReading.Untold("no map where one should be"));
      assertThat(read(program, new Place(map.address(), map.address(), 0)))
          .isEqualTo(new MapReading.Untold("no map type where one should be"));
      // The map at an address may be another by now.
      assertThat(read(program, new Place(map.address(), other.descriptor(), 0)))
          .isEqualTo(new MapReading.Untold("no map where one should be"));
    }
  }

  @Test
  void aStrippedProgramsMapsAreReadToo() throws Exception {
    var stripped = GoPrograms.build("go-maps", "maps-stripped", "local", "-ldflags=-s -w");
    try (var program = GoMapsProgram.start(stripped)) {
      assertThat(told(program, "emptied").emptied()).isTrue();
    }
  }

  /** Lets the map grow by 750 entries after it read its header for the first time. */
  private static final class SlowReader implements ProcessMemory.Source {
    private final GoMapsProgram program;
    private final long header;
    private final ProcessMemory memory;
    private int steps = 30;

    SlowReader(GoMapsProgram program, long header) throws IOException {
      this.program = program;
      this.header = header;
      memory = ProcessMemory.of(Path.of("/proc", Long.toString(program.pid())));
    }

    @Override
    public int read(ByteBuffer into, long address) throws IOException {
      into.put(memory.read(address, into.remaining()));
      for (; address == header && steps > 0; steps--) {
        program.place("stepwise");
      }
      return into.position();
    }

    @Override
    public void close() throws IOException {
      memory.close();
    }
  }

  private static long entries(GoMapsProgram program) throws IOException {
    return Long.parseLong(program.ask("entries"));
  }

  private static KeyFigures keys(GoMapsProgram program, String map) throws IOException {
    var keys = told(program, map).keys();
    assertThat(keys).as(map).isInstanceOf(KeyFigures.class);
    return (KeyFigures) keys;
  }

  private static MapReading.Told told(GoMapsProgram program, String map) throws IOException {
    var reading = read(program, program.place(map));
    assertThat(reading).as(map).isInstanceOf(MapReading.Told.class);
    return (MapReading.Told) reading;
  }

  private static MapReading read(GoMapsProgram program, Place place) throws IOException {
    return read(program, place, GoMapsProgram.BYTES);
  }

  private static MapReading read(GoMapsProgram program, Place place, long bytes)
      throws IOException {
    try (var process = program.open(bytes)) {
      return new MapReader(process).read(place.address(), place.descriptor());
    }
  }
}
