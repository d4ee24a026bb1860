package dev.heapwarden.probes.gclog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heapwarden.probes.gclog.Understanding.Reading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** By what real JVMs wrote, and said of themselves at their end. */
class JvmGcLogTest {
  /** Of the beans, those that count what cleans the old generation or the whole heap. */
  private static final Pattern CLEANING =
      Pattern.compile(
          "(?m)^(?:MarkSweepCompact|PS MarkSweep|ZGC Cycles|ZGC Major Cycles): (\\d+)$");

  private static final Pattern G1_FULL = Pattern.compile("(?m)^G1 Old Generation: (\\d+)$");

  private static final Pattern PAUSE =
      Pattern.compile("(?m)^.*GC\\(\\d+\\) (?:[yYO]: )?Pause .* (\\d+\\.\\d+)ms$");

  static Stream<Path> counted() {
    return RecordedLogs.named("java-[0-9.]+-(Serial|Parallel|Z)(-short)?\\.log")
        .filter(log -> numbers(log, CLEANING).findAny().isPresent());
  }

  @ParameterizedTest
  @MethodSource("counted")
  void itCountsTheCollectionsThatTheJvmCounts(Path log) throws IOException {
    var expected = numbers(log, CLEANING).findFirst().orElseThrow();

    assertThat(read(log).told().oldCollections()).hasValue(expected.longValue());
  }

  static Stream<Path> ofG1() {
    return RecordedLogs.named("java-[0-9.]+-G1(-short|-undecorated)?\\.log");
  }

  /** A concurrent cycle ends with its second pause. */
  @ParameterizedTest
  @MethodSource("ofG1")
  void ofG1ItCountsFullCollectionsAndCycles(Path log) throws IOException {
    double full = numbers(log, G1_FULL).findFirst().orElseThrow();
    long cycles =
        RecordedLogs.lines(log).stream()
            .filter(line -> line.matches(".*Pause Cleanup .*ms"))
            .count();
    assertThat(cycles).isPositive();

    assertThat(read(log).told().oldCollections()).hasValue((long) full + cycles);
  }

  static Stream<Path> ofJvms() {
    return RecordedLogs.named("java-.*");
  }

  @Tag("E6")
  @ParameterizedTest
  @MethodSource("ofJvms")
  void pausesAddUp(Path log) throws IOException {
    double expected = numbers(log, PAUSE).mapToDouble(millis -> millis / 1e3).sum();

    var told = read(log).told().pauseSeconds();
    if (expected == 0) {
      assertThat(told).as("what is not logged is not said to be none").isEmpty();
    } else {
      assertThat(told.orElseThrow()).isCloseTo(expected, within(1e-9));
    }
  }

  static Stream<Path> whole() {
    return ofJvms().filter(log -> !log.toString().contains("-decorated"));
  }

  /** The program keeps 20 MB; the concurrent collectors count what is made while they collect. */
  @ParameterizedTest
  @MethodSource("whole")
  void theLevelIsWhatTheProgramKeeps(Path log) throws IOException {
    boolean standsStill = log.toString().matches(".*(Serial|Parallel|G1).*");

    assertThat(read(log).told().oldUsed().orElseThrow())
        .isBetween(19L << 20, standsStill ? 30L << 20 : 64L << 20);
  }

  static Stream<Path> verbose() {
    return RecordedLogs.named("java-[0-9.]+-(Serial|Parallel|G1|Shenandoah)\\.log");
  }

  @ParameterizedTest
  @MethodSource("verbose")
  void metaspaceIsThatOfTheLatestCollectionThatTellsIt(Path log) throws IOException {
    var last =
        numbers(log, Pattern.compile("(?m)Metaspace: \\d+K\\(\\d+K\\)->(\\d+)K"))
            .toList()
            .getLast();

    assertThat(read(log).told().metaspaceUsed()).hasValue(last.longValue() << 10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"G1", "Shenandoah", "Z"})
  void theLimitIsKnownWhereTheOldGenerationMayBecomeTheWholeHeap(String collector)
      throws IOException {
    for (var log : RecordedLogs.named("java-[0-9.]+-" + collector + "\\.log").toList()) {
      assertThat(read(log).told().oldLimit()).hasValue(64L << 20);
    }
    for (var log : RecordedLogs.named("java-[0-9.]+-Serial\\.log").toList()) {
      assertThat(read(log).told().oldLimit()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"17.*", "21.*", "25.*"})
  void decorationsMakeNoDifference(String version) throws IOException {
    var log = RecordedLogs.named("java-" + version + "-G1-decorated\\.log").findFirst();
    var decorated = RecordedLogs.lines(log.orElseThrow());
    var undecorated =
        decorated.stream().map(line -> line.replaceFirst("^(\\[[^]]*])+ ", "")).toList();
    assertThat(undecorated).anyMatch(line -> line.startsWith("GC(0) Pause"));

    assertThat(read(decorated).told()).isEqualTo(read(undecorated).told());
    assertThat(read(decorated).told().oldUsed()).isNotEqualTo(OptionalLong.empty());
  }

  /** What the log tells of generations is taken, what it does not is not mixed with it. */
  @Test
  void ofGenerationalZgcTheOldGenerationIsToldOnceItWasAtAll() throws IOException {
    var log = read(RecordedLogs.named("java-25.*-Z\\.log").findFirst().orElseThrow());
    var level = log.told().oldUsed();

    assertThat(log.read("GC(900) Minor Collection (Allocation Rate) 60M(94%)->50M(78%) 0.003s"))
        .isEqualTo(Reading.COLLECTED);
    assertThat(log.told().oldUsed()).isEqualTo(level);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GC(1) Pause Young (Normal) (G1 Evacuation Pause)",
        "GC(1) Pause Young (Normal) (G1 Evacuation Pause) 6M->1M(64M) 1.3",
        "GC(1) Pause Young 6M->1M 1.358ms extra",
        "GC(99999999999) Pause Full (System.gc()) 30M->4M(24M) 12.988ms",
        "[0.1s][info][gc] GC(1) Phase 9: Sing",
        "GC() x"
      })
  void aLineOfNoKnownFormIsCountedAndTellsNothing(String line) {
    var log = new JvmGcLog();

    assertThat(log.read(line)).isEqualTo(Reading.UNKNOWN);
    assertThat(log.told().oldUsed()).isEmpty();
    assertThat(log.told().pauseSeconds()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[", "[]", "] GC(1)", "[INFO] ready", "Using Spring", "{\"gc\": 1}"})
  void whatTheProgramSaysIsForeign(String line) {
    assertThat(new JvmGcLog().read(line)).isEqualTo(Reading.FOREIGN);
  }

  private static JvmGcLog read(Path log) throws IOException {
    return read(RecordedLogs.lines(log));
  }

  private static JvmGcLog read(List<String> lines) {
    var log = new JvmGcLog();
    lines.forEach(log::read);
    return log;
  }

  private static Stream<Double> numbers(Path log, Pattern pattern) {
    try {
      return pattern
          .matcher(String.join("\n", RecordedLogs.lines(log)))
          .results()
          .map((MatchResult found) -> Double.valueOf(found.group(1)));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
