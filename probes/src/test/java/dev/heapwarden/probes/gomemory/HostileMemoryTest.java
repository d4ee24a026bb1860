package dev.heapwarden.probes.gomemory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.Mutations;
import dev.heapwarden.probes.go.Frame;
import dev.heapwarden.probes.go.RuntimeVariables;
import dev.heapwarden.probes.target.MemoryException;
import dev.heapwarden.probes.target.ProcessMemory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The memory of a real program, with words in it that lie. */
@Tag(Mutations.HOSTILE)
class HostileMemoryTest {
  private static final int MUTATIONS = Mutations.COUNT;
  private static final long BYTES = 4 << 20;
  private static final Duration TIME = Duration.ofSeconds(5);

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void memoryThatLiesIsABoundedErrorAndNeverACrash() throws Exception {
    try (var program = GoMemoryProgram.start("local");
        var recorded =
            new RecordedMemory(ProcessMemory.of(Path.of("/proc", Long.toString(program.pid()))))) {
      var layout = GoLayout.of(program.program().binary().version());
      var variables =
          RuntimeVariables.read(program.program().executable(), program.program().binary());
      var text = text(program);
      readAll(new GoProcess(new ProcessMemory(recorded, BYTES, TIME), layout, variables, 0), text);
      recorded.seal();

      var random = new Random(11);
      int refused = 0;
      for (int i = 0; i < MUTATIONS; i++) {
        var lying = new ProcessMemory(recorded.lying(random), BYTES, TIME);
        try {
          readAll(new GoProcess(lying, layout, variables, 0), text);
        } catch (MemoryException | UnreadableProgramException expected) {
          assertThat(expected).hasMessageNotContaining("null");
          refused++;
        }
      }
      assertThat(refused).isBetween(MUTATIONS / 100, MUTATIONS - 1);
    }
  }

  /** Of the program's place, but not of its names: they are read from a file that does not lie. */
  private static ProgramText text(GoMemoryProgram program) throws IOException {
    try (var text = program.text()) {
      return new ProgramText(text.mapping(), "", _ -> List.of(new Frame("main.f", "main.go", 1)));
    }
  }

  private static void readAll(GoProcess process, ProgramText text) throws IOException {
    HeapProfile.write(process, text, Instant.EPOCH, OutputStream.nullOutputStream());
    GoroutineProfile.write(process, text, Instant.EPOCH, 0, OutputStream.nullOutputStream());
    MemoryFigures.read(process);
    GoroutineCount.read(process);
  }
}
