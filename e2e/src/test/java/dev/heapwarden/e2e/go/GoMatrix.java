package dev.heapwarden.e2e.go;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.snapshot.MapReport;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.gomemory.KeyFigures;
import dev.heapwarden.probes.gomemory.MapReading;
import dev.heapwarden.probes.snapshot.HotMap;
import dev.heapwarden.probes.snapshot.MapGrowthEvidence;
import dev.heapwarden.probes.snapshot.MapOperation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;

/**
 * The programs that {@code e2e/tools/maps} builds, running side by side, with the agent's probes
 * on.
 */
final class GoMatrix implements AutoCloseable {
  private static final Path ROOT = Path.of(System.getProperty("heapwarden.root"));

  /** Every release linked in every way; by default each of both once at least. */
  private static final boolean FULL = Boolean.getBoolean("heapwarden.matrix.full");

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration WINDOW = Duration.ofSeconds(3);

  /** Of a rate that was counted over three seconds on a busy machine. */
  private static final double TOLERANCE = 0.25;

  private static final int COLLECTIONS = 10;

  /** From where the runtime stops its clock to where the world is started, and what probes take. */
  private static final double START_SECONDS = 20e-6;

  /** A map of the program: its type, and the mark of the line that writes it. */
  private record Kind(String type, String function, String mark) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("map[string]int", "main.putName", "// faststr"),
          new Kind("map[int32]main.session", "main.putNumber", "// fast32"),
          new Kind("map[int64]*main.session", "main.putTime", "// fast64"),
          new Kind("map[*main.session]bool", "main.putSession", "// pointer"),
          new Kind("map[main.place]string", "main.putPlace", "// struct"));

  private final Path directory;
  private final List<MapsProgram> programs = new ArrayList<>();
  private final HostAgent agent;
  private final List<String> source;

  GoMatrix() throws IOException, InterruptedException {
    var bpftrace = made(tool("bpftrace")).resolve("bpftrace");
    var built = FULL ? made(tool("maps"), "full") : made(tool("maps"));
    source = Files.readAllLines(ROOT.resolve("e2e/maps/main.go"));
    // A path of a uprobe may have 40 characters, those of /proc/PID/root included.
    directory = Files.createDirectory(Path.of("/tmp/gm" + ProcessHandle.current().pid()));
    try (var files = Files.list(built)) {
      for (var executable : files.sorted().toList()) {
        programs.add(
            new MapsProgram(Files.copy(executable, directory.resolve(executable.getFileName()))));
      }
    }
    assertThat(programs).as("programs").hasSizeGreaterThanOrEqualTo(FULL ? 30 : 8);
    agent = new HostAgent(bpftrace, directory, programs);
    agent.attach();
  }

  List<MapsProgram> programs() {
    return programs;
  }

  void eachProbeIsAttachedTo(MapsProgram program) {
    assertThat(agent.attachments(program))
        .contains(
            new Attachment("GoGc", Attachment.State.ATTACHED, null),
            new Attachment("GoMarkTermination", Attachment.State.ATTACHED, null),
            new Attachment("GoMapGrowth", Attachment.State.ATTACHED, null));
  }

  /** Where the program's own runtime has said it by then. */
  void theLiveHeapIsWhatTheRuntimeSays(MapsProgram program) {
    await(program.toString())
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var live =
                  agent.samples(program).stream()
                      .map(sample -> sample.values().get(Signal.POST_GC_LIVE_HEAP))
                      .filter(java.util.Objects::nonNull)
                      .map(Double::longValue)
                      .toList();
              assertThat(live).hasSizeGreaterThan(2).isSubsetOf(program.live());
            });
  }

  /**
   * The medians of as many collections: some are told of the program alone, while the agent
   * attaches.
   */
  void theMarkTerminationIsWhatTheRuntimeSays(MapsProgram program) {
    await(program.toString())
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var told =
                  agent.samples(program).stream()
                      .map(sample -> sample.values().get(Signal.MARK_TERMINATION))
                      .filter(java.util.Objects::nonNull)
                      .toList();
              assertThat(told).hasSizeGreaterThanOrEqualTo(COLLECTIONS);
              double own = median(program.markTerminations());
              assertThat(median(told))
                  .isBetween((1 - TOLERANCE) * own, (1 + TOLERANCE) * own + START_SECONDS);
            });
  }

  private static double median(List<Double> figures) {
    return figures.stream().sorted().skip(figures.size() / 2).findFirst().orElseThrow();
  }

  void everyMapThatGrowsIsToldWithItsTypeItsLineAndItsSize(MapsProgram program) {
    await(program.toString())
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(KINDS)
                    .allSatisfy(
                        kind ->
                            assertThat(agent.samples(program))
                                .filteredOn(
                                    sample ->
                                        sample.subject() instanceof MapInstance map
                                            && map.type().equals(kind.type())
                                            && map.site().equals(kind.function())
                                            && map.location().equals(location(kind)))
                                .as("%s", kind)
                                .isNotEmpty()
                                .allSatisfy(
                                    sample ->
                                        assertThat(sample.values().get(Signal.MAP_ENTRIES))
                                            .isBetween(
                                                64.0,
                                                program.entries() + 1.5 * MapsProgram.PACE))));
  }

  void aWindowTellsEveryMapsPaceAndWriter(MapsProgram program) throws IOException {
    long before = program.entries();
    var outcome = agent.watch(program, WINDOW);
    assertThat(outcome).isInstanceOf(MapGrowthEvidence.Report.class);
    var maps = ((MapGrowthEvidence.Report) outcome).maps();
    long after = program.entries() + 2 * MapsProgram.PACE;
    for (var kind : KINDS) {
      assertThat(maps)
          .as("%s of %s", kind, program)
          .filteredOn(map -> kind.type().equals(map.growth().type()))
          .singleElement()
          .satisfies(map -> holds(kind, map, before, after))
          .satisfies(GoMatrix::isWrittenByTheFirstGoroutine)
          .extracting(HotMap::growth)
          .satisfies(
              map -> {
                assertThat(map.sites())
                    .extracting(MapReport.Site::function, MapReport.Site::location)
                    .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(kind.function(), location(kind)));
                assertThat(map.sites().getFirst().callers())
                    .singleElement(InstanceOfAssertFactories.STRING)
                    .matches("main\\.main \\(main\\.go:\\d+\\)");
                assertThat(map.entries()).isBetween(before, after);
                assertThat(map.entriesPerSecond()).isCloseTo(MapsProgram.PACE, tolerance());
                assertThat(map.writesPerSecond()).isCloseTo(MapsProgram.PACE, tolerance());
              });
    }
  }

  void aMapThatIsEmptiedAsItFillsIsToldAsSteady(MapsProgram program) throws IOException {
    var outcome = agent.watch(program, WINDOW);
    assertThat(outcome).isInstanceOf(MapGrowthEvidence.Report.class);
    var maps = ((MapGrowthEvidence.Report) outcome).maps().stream().map(HotMap::growth).toList();
    assertThat(maps)
        .filteredOn(map -> "map[uint64]int".equals(map.type()))
        .singleElement()
        .satisfies(
            map -> {
              assertThat(map.writesPerSecond()).isCloseTo(MapsProgram.PACE, tolerance());
              assertThat(map.deletesPerSecond()).isCloseTo(map.writesPerSecond(), within(20.0));
              assertThat(map.entriesPerSecond()).isCloseTo(0, within(20.0));
              assertThat(map.steady()).isTrue();
            });
    assertThat(maps)
        .filteredOn(map -> "map[string]bool".equals(map.type()))
        .singleElement()
        .satisfies(
            map -> {
              assertThat(map.clears()).isBetween(2L, 4L);
              assertThat(map.deletesPerSecond()).isZero();
              assertThat(map.steady()).isTrue();
            });
    assertThat(maps)
        .as("keys that never come again")
        .filteredOn(map -> map.suspiciousKey() != null)
        .extracting(MapReport::type, MapReport::suspiciousKey)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("map[time.Time]bool", "time.Time"));
    assertThat(maps.subList(0, KINDS.size()))
        .as("those that grow come first")
        .noneMatch(MapReport::steady);
  }

  /** It runs main.main. */
  private static void isWrittenByTheFirstGoroutine(HotMap map) {
    assertThat(map.lastOperations())
        .hasSize(3)
        .allSatisfy(
            last -> {
              assertThat(last.operation()).isEqualTo(MapOperation.Kind.ASSIGN);
              assertThat(last.goroutine()).isEqualTo(1);
              assertThat(last.at()).isBetween(0.0, 2.0 * WINDOW.toSeconds());
            })
        .isSortedAccordingTo(Comparator.comparingDouble(MapOperation::at).reversed());
  }

  /** What its memory says of a map. */
  private static void holds(Kind kind, HotMap map, long before, long after) {
    assertThat(map.table())
        .isInstanceOfSatisfying(
            MapReading.Told.class,
            told -> {
              assertThat(told.entries()).isBetween(before, after);
              assertThat(told.capacity()).isBetween(told.entries(), 4 * told.entries());
              if (kind.type().startsWith("map[string]")) {
                assertThat(told.keys())
                    .isInstanceOfSatisfying(
                        KeyFigures.class,
                        keys ->
                            assertThat(keys.lengths())
                                .isEqualTo(new KeyFigures.Lengths(keys.sampled(), 0, 0, 0)));
              } else {
                assertThat(told.keys()).isEqualTo(new MapReading.Untold("its keys are no strings"));
              }
            });
  }

  @Override
  public void close() throws IOException {
    agent.close();
    programs.forEach(MapsProgram::close);
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static org.assertj.core.data.Offset<Double> tolerance() {
    return within(TOLERANCE * MapsProgram.PACE);
  }

  private String location(Kind kind) {
    for (int line = 0; line < source.size(); line++) {
      if (source.get(line).endsWith(kind.mark())) {
        return "main.go:" + (line + 1);
      }
    }
    throw new IllegalStateException("main.go has no " + kind.mark());
  }

  /** A script that makes something and prints where it is. */
  static Path made(String... script) throws IOException, InterruptedException {
    var process = new ProcessBuilder(script).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var output = process.inputReader(StandardCharsets.UTF_8)) {
      var said = output.readAllAsString().strip();
      assertThat(process.waitFor()).as(script[0]).isZero();
      return Path.of(said);
    }
  }

  static String tool(String name) {
    return ROOT.resolve("e2e/tools").resolve(name).toString();
  }
}
