package dev.heapwarden.probes.gclog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.Mutations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Logs are anybody's: whatever stands in one, the agent goes on. */
@Tag(Mutations.HOSTILE)
class HostileLogTest {
  private static final int MUTATIONS = Mutations.COUNT;
  private static final int PIECE = 4096;

  /** What the readers may ask of the heap for one piece. */
  private static final long ALLOCATION_LIMIT = 4L << 20;

  private static final long SEED = 20261122;

  private static final List<String> NASTY =
      List.of(
          "\n",
          "\r",
          "\0",
          "P ",
          "F ",
          "GC(",
          ")",
          "[",
          "]",
          "->",
          "(",
          "999999999999999999",
          "-1",
          "\u00ff\u00fe",
          "0x7fffffff",
          "gc 1 @",
          " ms",
          "M",
          "stdout",
          "2026-11-22T07:44:51Z ");

  @Test
  @Timeout(120)
  void whateverStandsInALogIsReadWithinBounds() throws IOException {
    var logs = new ArrayList<byte[]>();
    for (var log : RecordedLogs.all().toList()) {
      logs.add(Files.readAllBytes(log));
      logs.add(inContainer(RecordedLogs.lines(log)));
    }
    var random = new Random(SEED);
    long understood = 0;
    for (int mutation = 0; mutation < MUTATIONS; mutation++) {
      var piece = mutated(logs.get(random.nextInt(logs.size())), random);
      long before = allocated();
      try {
        understood += read(piece);
      } catch (RuntimeException | StackOverflowError escaped) {
        throw new AssertionError("mutation " + mutation, escaped);
      }
      assertThat(allocated() - before)
          .as("bytes allocated for mutation %d", mutation)
          .isLessThan(ALLOCATION_LIMIT);
    }
    assertThat(understood).as("lines that survived").isGreaterThan(MUTATIONS);
  }

  /** Forms with much to try, as long as a line may be. */
  @Test
  @Timeout(20)
  void aLineThatNearlyFitsTakesNoTime() {
    var jvm = new JvmGcLog();
    var go = new GoGcLog();
    for (var begin :
        List.of(
            "GC(1) Pause A",
            "GC(1) Concurrent cleanup",
            "GC(1) Live: -",
            "GC(1) O: Used:",
            "gc 1 @1s 1% (",
            "GC(1) Metaspace: 1K(1K)->1K(1K) ",
            "[",
            "Using ",
            "GC(1) Major Collection (")) {
      for (var filling :
          List.of(" ", "1", "1M->1M(1M) ", " (a)", "1M (1%) ", "[", "a", "+1", "1.1ms ")) {
        var line = (begin + filling.repeat(Lines.LONGEST)).substring(0, Lines.LONGEST);
        for (int i = 0; i < 100; i++) {
          jvm.read(line);
          go.read(line);
        }
      }
    }
  }

  /** Mixed as it comes: in a container's log, and as a file of its own. */
  private static long read(byte[] piece) {
    var understood = new long[1];
    var jvm = new JvmGcLog();
    var go = new GoGcLog();
    var cri =
        new CriLog(
            (stamp, text) -> {
              if (jvm.read(text) == Understanding.Reading.COLLECTED
                  || go.read(text) == Understanding.Reading.COLLECTED) {
                understood[0] += stamp.time().isPresent() ? 1 : 0;
              }
            });
    var plain = new JvmGcLog();
    var lines = new Lines();
    lines.take(
        ByteBuffer.wrap(piece),
        new Lines.Reader() {
          @Override
          public void line(String text, boolean cut) {
            assertThat(text).hasSizeLessThanOrEqualTo(Lines.LONGEST);
            cri.line(text, cut);
            understood[0] += plain.read(text) == Understanding.Reading.COLLECTED ? 1 : 0;
          }

          @Override
          public void gap() {
            cri.gap();
          }
        });
    assertThat(plain.told().oldUsed().orElse(0)).isNotNegative();
    return understood[0];
  }

  private static byte[] inContainer(List<String> lines) {
    var text = new StringBuilder();
    for (var line : lines) {
      text.append(Instant.EPOCH).append(" stderr F ").append(line).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] mutated(byte[] log, Random random) {
    int length = Math.min(PIECE, log.length);
    int from = random.nextInt(log.length - length + 1);
    var text = new StringBuilder(new String(log, from, length, StandardCharsets.ISO_8859_1));
    int strikes = 1 + random.nextInt(8);
    for (int i = 0; i < strikes && !text.isEmpty(); i++) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.setCharAt(at, (char) random.nextInt(256));
        case 1 -> text.insert(at, NASTY.get(random.nextInt(NASTY.size())));
        case 2 -> text.delete(at, Math.min(text.length(), at + random.nextInt(64)));
        default ->
            text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(512))));
      }
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** By this thread, since it began. */
  private static long allocated() {
    return ((com.sun.management.ThreadMXBean)
            java.lang.management.ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }
}
