package dev.heapwarden.probes.gclog;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CriLogTest {
  private final List<String> read = new ArrayList<>();
  private final List<Instant> times = new ArrayList<>();
  private final CriLog log =
      new CriLog(
          (stamp, text) -> {
            read.add(text);
            stamp.time().ifPresent(times::add);
          });

  @Test
  void aLineIsWhatStandsBehindTimeStreamAndTags() {
    log.line("2026-11-22T09:44:51.123456789+02:00 stderr F gc 1 @0.005s", false);
    log.line("2026-11-22T07:44:52Z stdout F:x ", false);

    assertThat(read).containsExactly("gc 1 @0.005s", "");
    assertThat(times)
        .containsExactly(
            Instant.parse("2026-11-22T07:44:51.123456789Z"), Instant.parse("2026-11-22T07:44:52Z"));
  }

  @Test
  void partsOfALineArePutTogetherPerStream() {
    log.line("T stdout P GC(0) Pause ", false);
    log.line("T stderr F between", false);
    log.line("T stdout P Young ", false);
    log.line("T stdout F 1.0ms", false);

    assertThat(read).containsExactly("between", "GC(0) Pause Young 1.0ms");
  }

  /** Its end could look like a line of its own. */
  @Test
  void theEndOfALineThatIsTooLongIsNotTakenForALine() {
    log.line("T stdout P " + "x".repeat(Lines.LONGEST), true);
    log.line("T stdout F GC(0) Pause Full (System.gc()) 30M->4M(24M) 12.988ms", false);
    log.line("T stdout F next", false);

    assertThat(read).containsExactly("next");
  }

  @Test
  void whatIsNoLineOfSuchALogIsLeftOut() {
    for (var line : List.of("", "a", "a b", "T stdout", "T stdout F", "T elsewhere F x", "  F x")) {
      log.line(line, false);
    }
    log.line("no-time stdout F x", false);

    assertThat(read).containsExactly("x");
    assertThat(times).isEmpty();
  }
}
