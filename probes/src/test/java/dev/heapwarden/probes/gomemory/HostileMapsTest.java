package dev.heapwarden.probes.gomemory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.Mutations;
import dev.heapwarden.probes.go.RuntimeVariables;
import dev.heapwarden.probes.target.ProcessMemory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The maps of a real program, with words in its memory that lie. */
@Tag(Mutations.HOSTILE)
class HostileMapsTest {
  private static final int MUTATIONS = Mutations.COUNT;

  static List<String> toolchains() {
    return GoMemoryProgram.toolchains();
  }

  @ParameterizedTest
  @MethodSource("toolchains")
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void memoryThatLiesIsABoundedRefusalAndNeverACrash(String toolchain) throws Exception {
    try (var program = GoMapsProgram.start(toolchain);
        var recorded =
            new RecordedMemory(ProcessMemory.of(Path.of("/proc", Long.toString(program.pid()))))) {
      var layout = GoLayout.of(program.program().binary().version());
      var places = new ArrayList<GoMapsProgram.Place>();
      for (var map : List.of("small", "short", "numbers")) {
        places.add(program.place(map));
      }
      read(recorded, layout, places);
      recorded.seal();

      var random = new Random(11);
      int refused = 0;
      for (int i = 0; i < MUTATIONS; i++) {
        for (var reading : read(recorded.lying(random), layout, places)) {
          switch (reading) {
            case MapReading.Untold(String reason) -> {
              assertThat(reason).doesNotContain("null");
              refused++;
            }
            case MapReading.Told told -> {
              assertThat(told.entries()).isBetween(0L, told.capacity());
              assertThat(told.tableBytes()).isNotNegative();
            }
          }
        }
      }
      assertThat(refused).isBetween(MUTATIONS / 100, MUTATIONS - 1);
    }
  }

  private static List<MapReading> read(
      ProcessMemory.Source memory, GoLayout layout, List<GoMapsProgram.Place> places)
      throws UnreadableProgramException {
    var process =
        new GoProcess(
            new ProcessMemory(memory, GoMapsProgram.BYTES, GoMapsProgram.TIME),
            layout,
            new RuntimeVariables(Map.of()),
            0);
    var reader = new MapReader(process);
    return places.stream().map(place -> reader.read(place.address(), place.descriptor())).toList();
  }
}
