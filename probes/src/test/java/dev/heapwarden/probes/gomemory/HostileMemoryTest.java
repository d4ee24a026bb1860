package dev.heapwarden.probes.gomemory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.go.Frame;
import dev.heapwarden.probes.go.RuntimeVariables;
import dev.heapwarden.probes.target.MemoryException;
import dev.heapwarden.probes.target.ProcessMemory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The memory of a real program, with words in it that lie. */
class HostileMemoryTest {
  private static final int MUTATIONS = 10_000;
  private static final long BYTES = 4 << 20;
  private static final Duration TIME = Duration.ofSeconds(5);

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void memoryThatLiesIsABoundedErrorAndNeverACrash() throws Exception {
    try (var program = GoMemoryProgram.start("local");
        var recorded =
            new Recorded(ProcessMemory.of(Path.of("/proc", Long.toString(program.pid()))))) {
      var layout = GoLayout.of(program.program().binary().version());
      var variables = RuntimeVariables.read(program.program().executable());
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
  }

  /** What a program's memory held where it was first read. */
  private static final class Recorded implements ProcessMemory.Source {
    private final ProcessMemory memory;
    private final Map<Long, byte[]> reads = new HashMap<>();
    private List<Long> addresses = List.of();

    Recorded(ProcessMemory memory) {
      this.memory = memory;
    }

    @Override
    public int read(ByteBuffer into, long address) throws IOException {
      var known = reads.get(address);
      if (known == null || known.length < into.remaining()) {
        known = new byte[into.remaining()];
        memory.read(address, known.length).get(known);
        reads.put(address, known);
      }
      int length = into.remaining();
      into.put(known, 0, length);
      return length;
    }

    /** No more is read from here on. */
    void seal() {
      addresses = reads.keySet().stream().sorted().toList();
    }

    /** The same with one word changed; places that were never read are not there. */
    ProcessMemory.Source lying(Random random) {
      long victim = addresses.get(random.nextInt(addresses.size()));
      var bytes = Objects.requireNonNull(reads.get(victim)).clone();
      int at = random.nextInt(bytes.length);
      long lie =
          random.nextInt(3) == 0
              ? addresses.get(random.nextInt(addresses.size()))
              : random.nextLong();
      for (int i = at; i < Math.min(bytes.length, at + Long.BYTES); i++) {
        bytes[i] = (byte) (lie >>> (8 * (i - at)));
      }
      return new ProcessMemory.Source() {
        @Override
        public int read(ByteBuffer into, long address) throws IOException {
          var held = address == victim ? bytes : reads.get(address);
          if (held == null || held.length < into.remaining()) {
            throw new IOException("nothing there");
          }
          int length = into.remaining();
          into.put(held, 0, length);
          return length;
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void close() throws IOException {
      memory.close();
    }
  }
}
