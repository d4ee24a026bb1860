package dev.heapwarden.probes.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.probes.Mutations;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A JVM is the container's: whatever its counters and its answers claim, the agent goes on. They
 * begin as those of a real one.
 */
@Timeout(120)
@Tag(Mutations.HOSTILE)
class HostileJvmTest {
  private static final int MUTATIONS = Mutations.COUNT;
  private static final long SEED = 20260101;
  private static final List<String> NASTY =
      List.of(
          "-1", "9".repeat(18), "9".repeat(19), "9".repeat(400), "1e308", "\0", "{", "#0: ", "");
  private static final List<String> COMMANDS =
      List.of("GC.class_histogram", "GC.heap_info", "VM.version", "VM.flags -all", "VM.log list");

  private static JavaProgram program;

  private final Random random = new Random(SEED);

  @BeforeAll
  static void start() throws IOException {
    program = JavaProgram.start();
  }

  @AfterAll
  static void end() throws IOException {
    program.close();
  }

  @Test
  void whateverItsCountersClaimIsReadOrRefused() throws IOException {
    var file = Files.readAllBytes(CountersFileTest.path(program));
    // PerfDataPrologue.used (src/hotspot/share/runtime/perfMemory.hpp): no more is ever read.
    var real = Arrays.copyOf(file, ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(8));
    int refused = 0;
    for (int mutation = 0; mutation < MUTATIONS; mutation++) {
      var bytes = mutated(real);
      try {
        var counters = JvmCounters.of(Origin.HSPERFDATA, PerfData.parse(ByteBuffer.wrap(bytes)));
        assertThat(counters.pauseSeconds()).as("pauses of mutation %d", mutation).isFinite();
        assertThat(counters.stoppedSeconds()).as("stops of mutation %d", mutation).isFinite();
      } catch (IOException expected) {
        refused++;
      } catch (RuntimeException escaped) {
        throw new AssertionError("mutation " + mutation, escaped);
      }
    }
    assertThat(refused).as("mutations that were seen").isGreaterThan(MUTATIONS / 50);
  }

  @Test
  void whateverItAnswersIsUnderstoodOrNot() throws Exception {
    var answers = new String[COMMANDS.size()];
    for (int i = 0; i < answers.length; i++) {
      var text = ask(COMMANDS.get(i));
      answers[i] = text.substring(0, Math.min(text.length(), 2_000));
    }
    assertThat(HeapInfo.used(answers[1])).as("it is read as it is").isPresent();
    for (int mutation = 0; mutation < MUTATIONS; mutation++) {
      var texts = Arrays.stream(answers).map(this::mutated).toList();
      try {
        for (var count : histogram(texts.getFirst()).classes().values()) {
          assertThat(count.bytes()).as("bytes of mutation %d", mutation).isNotNegative();
        }
        HeapInfo.used(texts.get(1))
            .ifPresent(used -> assertThat(used).as("heap of mutation").isNotNegative());
        JvmFlags.read(texts.get(2), texts.get(3), texts.get(4))
            .ifPresent(
                flags -> {
                  assertThat(flags.major()).isNotNegative();
                  flags.flags().keySet().forEach(flags::number);
                });
      } catch (RuntimeException escaped) {
        throw new AssertionError("mutation " + mutation, escaped);
      }
    }
  }

  private static ClassHistogram histogram(String text) throws IOException {
    return ClassHistogram.read(new BufferedReader(new StringReader(text)));
  }

  /** Names and figures, cut off in one of eight. */
  private byte[] mutated(byte[] real) {
    var bytes = random.nextInt(8) == 0 ? Arrays.copyOf(real, random.nextInt(real.length)) : real;
    var mutated = bytes.clone();
    for (int strike = random.nextInt(4); strike >= 0 && mutated.length > 8; strike--) {
      int at =
          random.nextInt(random.nextInt(4) == 0 ? Math.min(64, mutated.length) : mutated.length);
      // Figures are words at multiples of 8.
      int word = at & -8;
      if (random.nextBoolean() && word + 8 <= mutated.length) {
        Arrays.fill(mutated, word, word + 8, (byte) -random.nextInt(2));
      } else {
        mutated[at] = (byte) random.nextInt();
      }
    }
    return mutated;
  }

  /** A few numbers or letters become something else. */
  private String mutated(String real) {
    var text = new StringBuilder(real);
    for (int strike = random.nextInt(6); strike >= 0; strike--) {
      int from = random.nextInt(text.length());
      int to = Math.min(text.length(), from + random.nextInt(12));
      var word = NASTY.get(random.nextInt(NASTY.size()));
      text.replace(from, to, word + (random.nextInt(4) == 0 ? text.substring(from, to) : ""));
    }
    return text.toString();
  }

  private static String ask(String command) throws IOException, InterruptedException {
    var answer =
        new JvmAttach(Path.of("/proc"))
            .ask(
                program.pid(),
                program::alive,
                command,
                Duration.ofSeconds(20),
                InputStream::readAllBytes);
    return new String(answer, StandardCharsets.UTF_8);
  }
}
