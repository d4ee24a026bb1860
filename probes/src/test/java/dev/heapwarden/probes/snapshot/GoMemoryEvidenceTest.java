package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.heapwarden.crds.snapshot.GoroutineReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact.Source;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.GoReport;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.gomemory.GoMemoryProgram;
import dev.heapwarden.probes.gomemory.GoroutineGroup;
import dev.heapwarden.probes.gomemory.PprofTool;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.probe.Tracepoints;
import dev.heapwarden.probes.target.Endpoint;
import dev.heapwarden.probes.target.Offers;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.WatchedContainer;
import dev.heapwarden.probes.target.Web;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A pod whose policy names no pprof port. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoMemoryEvidenceTest {
  private static final ProcFs PROC = new ProcFs(Path.of("/proc"));

  @TempDir Path root;
  private final Map<ContainerKey, Map<Signal, Double>> figures = new HashMap<>();
  private GoMemoryProgram program;

  @BeforeAll
  void start() throws IOException {
    program = GoMemoryProgram.start("local");
  }

  @AfterAll
  void stop() {
    program.close();
  }

  @Test
  void aGoProgramThatOffersNothingStillHasItsHeapProfileTaken() throws Exception {
    var taken = taken(SnapshotKind.GO_HEAP_PROFILE);

    assertThat(PprofTool.open(taken.stored().path()).byStack())
        .containsKey("main.keepLarge < main.main < runtime.main");
    assertThat(taken.source()).contains(Source.PROCESS_MEMORY);
  }

  @Test
  void rulesMaySpeakOfTheShareOfMapsInItsHeapProfile() throws Exception {
    taken(SnapshotKind.GO_HEAP_PROFILE);

    var told = figures.getOrDefault(Web.KEY, Map.of());
    assertThat(told).containsOnlyKeys(Signal.MAP_HEAP_SHARE);
    assertThat(told.get(Signal.MAP_HEAP_SHARE)).isBetween(0.0, 0.2);
  }

  @Test
  void aGoProgramThatOffersNothingStillHasItsGoroutinesTaken() throws Exception {
    assertThat(PprofTool.open(taken(SnapshotKind.GOROUTINES).stored().path()).byStack())
        .containsEntry(
            "runtime.gopark < runtime.chanrecv < runtime.chanrecv1 < main.receives", List.of(30L));
  }

  @Test
  void theLargestGroupsOfItsGoroutinesStandInTheStatus() throws Exception {
    var told = taken(SnapshotKind.GOROUTINES).told().goroutines().orElseThrow();

    assertThat(told.goroutines()).isGreaterThanOrEqualTo(58);
    assertThat(told.groups()).hasSizeBetween(6, GoroutineReport.GROUPS_LIMIT);
    var largest = told.groups().getFirst();
    assertThat(largest.fingerprint()).matches("[0-9a-f]{16}");
    assertThat(largest.goroutines()).isEqualTo(30);
    assertThat(largest.state()).isEqualTo("chan receive");
    assertThat(largest.createdAt()).asString().matches("main.startsReceivers \\(main.go:[0-9]+\\)");
    assertThat(largest.waitsIn()).asString().matches("main.receives \\(main.go:[0-9]+\\)");
  }

  @Test
  void groupsThatAreLeftOutOfTheStatusAreCounted() {
    var groups =
        IntStream.range(0, 13)
            .mapToObj(
                i ->
                    new GoroutineGroup(
                        "f" + i,
                        new GoroutineGroup.Tally(20 - i, 0, Duration.ZERO),
                        "running",
                        Optional.empty(),
                        Optional.empty(),
                        List.of()))
            .toList();

    var report = GoroutineGroups.report(groups);

    assertThat(report.groups()).hasSize(10);
    assertThat(report.groupsLeftOut()).isEqualTo(3);
    assertThat(report.goroutines()).isEqualTo(IntStream.rangeClosed(8, 20).sum());
    assertThat(report.groups().getFirst().longestWaitSeconds()).as("not known").isNull();
  }

  @Test
  void theGroupsAreTakenFromMemoryAlsoWhereTheProgramWritesTheProfile() throws Exception {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/debug/pprof/goroutine",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write(new byte[] {0x1f, (byte) 0x8b});
          }
        });
    server.start();
    try {
      var pprof = new Endpoint.At("127.0.0.1", server.getAddress().getPort(), "/debug/pprof/");
      var taken =
          (Evidence.Taken)
              take(SnapshotKind.GOROUTINES, 0, Web.watched(Web.KEY, Offers.pprof(pprof)));

      assertThat(taken.source()).contains(Source.PPROF);
      assertThat(taken.told().goroutines().orElseThrow().groups().getFirst().goroutines())
          .isEqualTo(30);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void theFiguresOfItsAllocatorAreTaken() throws Exception {
    var figures = Unzipped.json(taken(SnapshotKind.MEM_STATS).stored().path());

    assertThat(figures.get("heapInuse").asLong()).isGreaterThan(30_000_000);
  }

  @Test
  void theSettingsThatItsRuntimeGoesByAreTold() throws Exception {
    assertThat(taken(SnapshotKind.FLAGS).told().go()).contains(new GoReport(100, null));
  }

  @Test
  void aPidThatIsAnothersByNowIsNotTakenForIt() throws Exception {
    assertThat(take(SnapshotKind.MEM_STATS, 1))
        .isEqualTo(new Evidence.Failed("the process has ended"));
  }

  private Evidence.Taken taken(SnapshotKind kind) throws Exception {
    return (Evidence.Taken) take(kind, 0);
  }

  private Evidence take(SnapshotKind kind, long startedLater) throws Exception {
    return take(kind, startedLater, Web.watched());
  }

  private Evidence take(SnapshotKind kind, long startedLater, WatchedContainer container)
      throws Exception {
    var collector =
        new EvidenceCollector(
            new Bpftrace(List.of("bpftrace"), root),
            new Tracepoints(root),
            new Sites(),
            PROC,
            new ArtifactStore(root, 1 << 20),
            (_, _, _) -> {},
            figures::put,
            _ -> List.of(),
            new Spending(System::nanoTime, InstantSource.system()),
            (_, _) -> Optional.empty());
    return collector.take(
        kind,
        new Order(
            new ArtifactStore.Owner("shop", "s1"),
            new Target(container, Optional.empty(), List.of(program.target(startedLater))),
            Duration.ofSeconds(5),
            List.of(),
            Optional.empty()));
  }
}
