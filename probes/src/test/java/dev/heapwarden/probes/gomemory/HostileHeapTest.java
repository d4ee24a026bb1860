package dev.heapwarden.probes.gomemory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.Mutations;
import dev.heapwarden.probes.go.Frame;
import dev.heapwarden.probes.go.GlobalVariables;
import dev.heapwarden.probes.go.GoPrograms;
import dev.heapwarden.probes.go.RuntimeVariables;
import dev.heapwarden.probes.target.MemoryException;
import dev.heapwarden.probes.target.ProcessMemory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The heap of a real program, whose table of spans lies, and everything that leads there. */
@Tag(Mutations.HOSTILE)
class HostileHeapTest {
  private static final long BYTES = 64 << 20;
  private static final Duration TIME = Duration.ofSeconds(5);

  /** Each reads a whole heap. */
  private static final int MUTATIONS = Mutations.COUNT / 10;

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void aTableOfSpansThatLiesIsBoundedAndNeverACrash() throws Exception {
    try (var program = GoMemoryProgram.start(GoPrograms.build("go-silent", "silent", "local"));
        var recorded =
            new RecordedMemory(ProcessMemory.of(Path.of("/proc", Long.toString(program.pid()))))) {
      var layout = GoLayout.of(program.program().binary().version());
      var executable = program.program().executable();
      var variables = RuntimeVariables.read(executable, program.program().binary());
      var globals = GlobalVariables.read(executable).orElseThrow();
      ProgramText text;
      try (var named = program.text()) {
        text = new ProgramText(named.mapping(), "", _ -> List.of(new Frame("main.f", "f.go", 1)));
      }
      var told =
          HeapHolders.read(
              new GoProcess(new ProcessMemory(recorded, BYTES, TIME), layout, variables, 0),
              text,
              globals);
      assertThat(told.holders()).isNotEmpty();
      recorded.seal();

      var random = new Random(17);
      for (int i = 0; i < MUTATIONS; i++) {
        var lying = new ProcessMemory(recorded.lying(random), BYTES, TIME);
        try {
          var process = new GoProcess(lying, layout, variables, 0);
          assertThat(HeapHolders.read(process, text, globals).bytes()).isNotNegative();
          var spans = HeapSpans.read(process);
          for (var type : List.of("[]string", "[][]uint8", "[]map[string]int")) {
            for (var variable : globals.variables().subList(0, 20)) {
              ElementUse.of(process, spans, variable.address(), type)
                  .ifPresent(use -> assertThat(use).isBetween(0.0, 1.0));
            }
          }
        } catch (MemoryException | UnreadableProgramException expected) {
          assertThat(expected).hasMessageNotContaining("null");
        }
      }
    }
  }
}
