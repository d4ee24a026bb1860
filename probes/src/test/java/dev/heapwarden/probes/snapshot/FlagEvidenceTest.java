package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.OptionReport;
import dev.heapwarden.probes.jvm.JavaProgram;
import dev.heapwarden.probes.jvm.JavaSource;
import dev.heapwarden.probes.jvm.JvmAttach;
import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** On real JVMs: the one of these tests, and the one that runs Maven. */
class FlagEvidenceTest {
  private static final JavaSource WAITING =
      new JavaSource(
          "Waiting",
          """
          public class Waiting {
            static byte[][] kept = new byte[64][1 << 20];
            public static void main(String[] args) throws Exception {
              System.gc();
              System.out.println("ready");
              System.in.read();
            }
          }
          """);

  /** Keeps 40 MiB in a survivor space of 100. */
  private static final JavaSource YOUNG =
      new JavaSource(
          "Young",
          """
          public class Young {
            static byte[][] kept = new byte[400][100 << 10];
            public static void main(String[] args) throws Exception {
              byte[][] garbage = new byte[1][];
              for (int i = 0; i < 1500; i++) { garbage[0] = new byte[100 << 10]; }
              System.out.println("ready");
              System.in.read();
            }
          }
          """);

  private static final List<String> COMMAND_LINE = List.of("-Xms48m", "-XX:+UseG1GC");
  private static final String NO_START = "would not start";
  private static final ProcFs PROC = new ProcFs(Path.of("/proc"));

  /** What must be said of each; empty for accepted. */
  private static final Map<String, String> OPTIONS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("-XX:MaxGCPauseMillis=150", ""),
              Map.entry("-XX:G1HeapRegionSize=4m", ""),
              Map.entry("-XX:InitiatingHeapOccupancyPercent=30", ""),
              Map.entry("-XX:MaxRAMPercentage=60", ""),
              Map.entry("-XX:MaxMetaspaceSize=64m", ""),
              Map.entry("-XX:NativeMemoryTracking=summary", ""),
              Map.entry("-XX:+UseStringDeduplication", ""),
              Map.entry("-Xlog:stringdedup*=debug", ""),
              Map.entry("-Xlog:gc*", ""),
              Map.entry("-Xlog:gc+nosuchtag", "no log tag nosuchtag"),
              Map.entry("-XX:+UseZGC", "would not start with two"),
              Map.entry("-XX:+UseG1GC", "is already set by the JVM's own command line"),
              Map.entry("-XX:MinHeapFreeRatio=80", "more than MaxHeapFreeRatio"),
              Map.entry("-XX:MaxHeapFreeRatio=30", "less than MinHeapFreeRatio"),
              Map.entry("-XX:SoftMaxHeapSize=32m", "does not read SoftMaxHeapSize"),
              Map.entry("-XX:MaxMetaspaceSize=1k", "metaspace already"),
              Map.entry("-Xmx96m", "too small for this program: the latest collection left"),
              Map.entry("-XX:MaxHeapSize=64m", "too small for this program"),
              Map.entry("-Xmx512m", ""),
              Map.entry("-XX:+PrintStringDeduplicationStatistics", "off the allow-list")));

  @TempDir private Path directory;
  private final List<JavaProgram> programs = new ArrayList<>();
  private Map<String, String> variables = Map.of();

  @AfterEach
  void close() throws IOException {
    for (var program : programs) {
      program.close();
    }
  }

  static List<Path> javas() {
    var own = Path.of(System.getProperty("java.home"), "bin", "java");
    return Stream.concat(Stream.of(own), mavens()).map(Path::toAbsolutePath).distinct().toList();
  }

  private static Stream<Path> mavens() {
    return Stream.iterate(
            ProcessHandle.current().parent(),
            java.util.Optional::isPresent,
            process -> process.flatMap(ProcessHandle::parent))
        .flatMap(process -> process.flatMap(found -> found.info().command()).stream())
        .map(Path::of)
        .filter(command -> command.endsWith("java"));
  }

  @ParameterizedTest
  @MethodSource("javas")
  void anOptionIsAcceptedWhereTheJvmWouldStartWithItAndHeedIt(Path java) throws Exception {
    for (var expected : OPTIONS.entrySet()) {
      var option = expected.getKey();
      var report = check(java, List.of(option)).getFirst();
      var reason = report.reason() == null ? "" : report.reason();
      assertThat(reason).as(option).contains(expected.getValue());
      assertThat(report.accepted()).as(option).isEqualTo(expected.getValue().isEmpty());
      if (report.accepted() || reason.contains(NO_START)) {
        assertThat(starts(java, option)).as("%s: %s", option, reason).isEqualTo(report.accepted());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("javas")
  void whatIsNotOldYetNeedsRoomToo(Path java) throws Exception {
    start(java, YOUNG, "-XX:+UseSerialGC", "-Xmn300m", "-XX:SurvivorRatio=1");

    var reports = check(java, List.of("-Xmx48m", "-Xmx500m"));
    assertThat(reports.getFirst().reason()).contains("too small for this program");
    assertThat(reports.getLast().reason()).isNull();
  }

  @ParameterizedTest
  @MethodSource("javas")
  void optionsAreJudgedTogether(Path java) throws Exception {
    assertThat(check(java, List.of("-Xmx32m", "-Xmx256m", "-XX:MaxRAMPercentage=50")))
        .extracting(OptionReport::reason)
        .containsExactly(
            "smaller than its InitialHeapSize: the JVM would not start",
            null,
            "the largest heap is set in bytes, so a percentage means nothing");
    assertThat(starts(java, "-Xmx32m")).isFalse();
  }

  @ParameterizedTest
  @MethodSource("javas")
  void whatAJvmRunsWithIsSeen(Path java) throws Exception {
    var set =
        List.of(
            "-Xmx301m",
            "-XX:MaxGCPauseMillis=150",
            "-XX:G1HeapRegionSize=4m",
            "-XX:MaxMetaspaceSize=65m",
            "-XX:NativeMemoryTracking=summary",
            "-XX:+UseStringDeduplication",
            "-Xlog:stringdedup*=debug",
            "-Xlog:gc*");
    variables = Map.of("JAVA_TOOL_OPTIONS", String.join(" ", set));
    assertThat(check(java, set)).allMatch(OptionReport::inForce, "in force");
    assertThat(
            check(
                java,
                List.of(
                    "-Xmx512m",
                    "-XX:MaxGCPauseMillis=50",
                    "-XX:-UseStringDeduplication",
                    "-Xlog:safepoint")))
        .noneMatch(OptionReport::inForce)
        .extracting(OptionReport::instead)
        .contains(
            "MaxGCPauseMillis=150 (environment)", "UseStringDeduplication=true (environment)");
  }

  private List<OptionReport> check(Path java, List<String> options) throws Exception {
    var program = program(java);
    var store = new ArtifactStore(directory.resolve("store"), 1 << 24);
    var jvm = new JvmEvidence(new JvmAttach(PROC.root()), PROC, store);
    var taken =
        (Evidence.Taken)
            new FlagEvidence(jvm, new GoMemoryEvidence(PROC, store), store, PROC)
                .take(JvmOrder.of(options, program.pid()));
    var report = taken.told().jvm().orElseThrow();
    assertThat(report.launcher()).isTrue();
    assertThat(report.version()).matches("[0-9].*");
    assertThat(Unzipped.text(taken.stored().path())).contains("[Global flags]");
    return report.options();
  }

  private JavaProgram program(Path java) throws IOException {
    if (programs.isEmpty()) {
      start(java, WAITING, COMMAND_LINE.toArray(String[]::new));
    }
    return programs.getFirst();
  }

  private void start(Path java, JavaSource source, String... options) throws IOException {
    programs.add(JavaProgram.start(source, java.toString(), variables, options));
  }

  private static boolean starts(Path java, String option) throws Exception {
    var words = new ArrayList<>(COMMAND_LINE);
    words.addFirst(java.toString());
    words.add("-version");
    var command = new ProcessBuilder(words);
    command.environment().put("JAVA_TOOL_OPTIONS", option);
    command.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    return command.start().waitFor() == 0;
  }
}
