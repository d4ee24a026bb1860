package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.Mutations;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The lines are those of real ones, recorded: of 0.23.2 and 0.27.1, the oldest and the newest
 * release that are run, and of 0.17.0, which is not. Each made the same events.
 */
class BpftraceLineTest {
  private static final long SEED = 20260101;

  private static final List<String> OF_0_23 =
      List.of(
          "{\"type\": \"attached_probes\", \"data\": {\"probes\": 12}}",
          "{\"type\": \"printf\", \"data\": \"start 16075410284990\\n\"}",
          "{\"type\": \"printf\", \"data\": \"gc 5162 16076289556324 9246664 1 31500\\n\"}",
          "{\"type\": \"printf\", \"data\": \"map 5162 16181737561030 37cc2e3b6180 63747 53a5a0"
              + " 4070c5 48a0e7 48a2a5 449267 480801 0\\n"
              + "\"}",
          "{\"type\": \"printf\", \"data\": \"pool 5267 16075584446734 656577536b72614d"
              + " 20646572756e6554 105086328 268435456 951456\\n"
              + "\"}",
          "{\"type\": \"printf\", \"data\": \"pause 5267 16075584477461 37450915 1\\n\"}",
          "{\"type\": \"printf\", \"data\": \"slot 3215\\n\"}",
          "{\"type\": \"map\", \"data\": {\"@f1\": {\"5162\": 1}}}",
          "{\"type\": \"map\", \"data\": {\"@s\": 5}}",
          "{\"type\": \"map\", \"data\": {\"@c\": {\"1,x\": 1}}}",
          "{\"type\": \"hist\", \"data\": {\"@h\": [{\"min\": 4, \"max\": 7, \"count\": 1}]}}",
          "{\"type\": \"stats\", \"data\": {\"@st\": {\"count\": 1, \"average\": 4, \"total\":"
              + " 4}}}",
          "{\"type\": \"lost_events\", \"data\": {\"events\": 79228}}",
          "{\"type\": \"helper_error\", \"msg\": \"Map full; can't update element. Try increasing"
              + " max_map_keys config\", \"helper\": \"map_update_elem\", \"retcode\": -7,"
              + " \"line\": 2, \"col\": 27}");

  /** Where it writes another line than 0.23.2. */
  private static final List<String> OF_0_27 =
      List.of(
          "{\"type\": \"attached_probes\", \"count\": 12, \"data\": {\"probes\": 12}}",
          "{\"type\": \"lost_events\", \"count\": 79228, \"data\": {\"events\": 79228}}",
          "{\"type\": \"helper_error\", \"msg\": \"Argument list too long\", \"helper\":"
              + " \"map_update_elem\", \"retcode\": -7, \"filename\": \"full.bt\", \"line\": 2,"
              + " \"col\": 27}");

  private static final List<String> OF_0_17 =
      List.of(
          "{\"type\": \"attached_probes\", \"data\": {\"probes\": 1}}",
          "{\"type\": \"map\", \"data\": {\"@a\": {\"1,b\": 3}}}",
          "{\"type\": \"hist\", \"data\": {\"@h\": {\"1\": [{\"min\": 4, \"max\": 7, \"count\":"
              + " 1}]}}}",
          "{\"type\": \"stats\", \"data\": {\"@s\": {\"2\": {\"count\": 1, \"average\": 7,"
              + " \"total\": 7}}}}");

  @Test
  void everyLineOfAReleaseIsOfAKnownKind() {
    for (var lines : List.of(OF_0_17, OF_0_23, OF_0_27)) {
      assertThat(lines).allSatisfy(line -> assertThat(BpftraceLine.parse(line)).isPresent());
    }
  }

  @Test
  void theOldestAndTheNewestReleaseSayTheSame() {
    assertThat(OF_0_27.stream().map(BpftraceLine::parse))
        .containsExactly(
            Optional.of(new BpftraceLine.Announced(12)),
            Optional.of(new BpftraceLine.Lost(79228)),
            Optional.of(new BpftraceLine.MapFull()));
    assertThat(OF_0_23.stream().map(BpftraceLine::parse))
        .contains(
            Optional.of(new BpftraceLine.Announced(12)),
            Optional.of(new BpftraceLine.Lost(79228)),
            Optional.of(new BpftraceLine.MapFull()));
  }

  @Test
  void theEventsOfEveryKindOfLineAreRead() {
    var events = events();
    assertThat(
            OF_0_23.stream()
                .map(line -> BpftraceLine.parse(line).orElseThrow())
                .flatMap(line -> events.read(line).stream())
                .map(event -> event.getClass().getSimpleName()))
        .containsExactly("Collection", "MapGrowth", "JvmCollection", "JvmPause", "Faults");
    assertThat(events.started()).hasValue(16075410284990L);
  }

  @Test
  @Timeout(120)
  @Tag(Mutations.HOSTILE)
  void whateverALineSaysIsReadOrLeftOut() {
    var random = new Random(SEED);
    var lines = new ArrayList<>(OF_0_23);
    lines.addAll(OF_0_27);
    int leftOut = 0;
    for (int mutation = 0; mutation < Mutations.COUNT; mutation++) {
      var text = new StringBuilder(lines.get(random.nextInt(lines.size())));
      for (int strike = random.nextInt(4); strike >= 0; strike--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
          case 0 -> text.setLength(Math.max(1, at));
          case 1 -> text.setCharAt(at, (char) random.nextInt(128));
          case 2 -> text.insert(at, "9".repeat(random.nextInt(30)));
          default -> text.deleteCharAt(text.length() > 1 ? at : 0).append(' ');
        }
      }
      try {
        var line = BpftraceLine.parse(text.toString());
        line.ifPresent(events()::read);
        leftOut += line.isEmpty() ? 1 : 0;
      } catch (RuntimeException escaped) {
        throw new AssertionError("mutation " + mutation + ": " + text, escaped);
      }
    }
    assertThat(leftOut).isGreaterThan(Mutations.COUNT / 4);
  }

  private static NodeEvents events() {
    return new NodeEvents(Set.of(5162L), new Hits(NodePlan.nothing(), List.of()));
  }
}
