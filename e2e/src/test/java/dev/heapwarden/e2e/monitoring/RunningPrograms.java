package dev.heapwarden.e2e.monitoring;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.operator.report.HttpEndpoints;
import dev.heapwarden.operator.report.Measures;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.cost.Cause;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.gclog.GcLogCounts;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.gomemory.MemoryFigures;
import dev.heapwarden.probes.http.AgentMetrics;
import dev.heapwarden.probes.http.Answers;
import dev.heapwarden.probes.http.StatusServer;
import dev.heapwarden.probes.jvm.Collector;
import dev.heapwarden.probes.jvm.JvmCounters;
import dev.heapwarden.probes.probe.ProbeCounters;
import dev.heapwarden.probes.probe.ProbeEvent;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.sample.WallClock;
import dev.heapwarden.probes.snapshot.SnapshotMeasures;
import dev.heapwarden.probes.target.Offers;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.WatchedContainer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Both programs' {@code /metrics}, served by their own classes, with something of everything. */
final class RunningPrograms {
  private static final ContainerKey KEY = new ContainerKey("shop", "web-1", "uid", "web", "id");
  private static final String AT = "2026-03-01T12:00:00Z";
  private static final String LATER = "2026-03-01T12:10:00Z";

  private RunningPrograms() {}

  /** What an operator says that leads and has answered a leak. */
  static String operator() throws IOException, InterruptedException {
    var measures = new Measures();
    measures.tell(new BusyOperator());
    try (var endpoints = new HttpEndpoints(0, measures, Optional::empty, () -> true)) {
      return get(endpoints.port());
    }
  }

  /** What an agent says that watches a container and has taken a snapshot. */
  static String agent() throws IOException, InterruptedException {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new SnapshotMeasures(registry).finished(snapshot());
    var buffer = new SampleBuffer(10, 2, new Random(1));
    var ledger = new Ledger(buffer, new Sites(), WallClock.system(), Path.of("/proc"));
    measure(ledger);
    var state =
        new ContainerState(
            KEY,
            "checkout",
            RuntimeKind.GO,
            "",
            Instant.EPOCH,
            List.of(new Attachment("GoGc", Attachment.State.ATTACHED, null)),
            0.003);
    var spending = spending();
    try (var server =
        new StatusServer(
            0,
            new Answers(buffer, () -> List.of(state), Optional::empty, Optional::empty),
            new AgentMetrics(
                registry,
                () -> List.of(state),
                ledger,
                spending,
                new ProbeCounters(),
                () -> true,
                buffer,
                new GcLogCounts()))) {
      return get(server.port());
    }
  }

  /** Every cause, over a minute that passes at once. */
  private static Spending spending() {
    var now = new AtomicLong();
    var spending = new Spending(now::get, InstantSource.system());
    spending.targets(List.of(target()));
    spending.ran(target(), 0);
    spending.spent(7, Cause.GO_GC, 1_000);
    spending.spent(7, Cause.GO_MARK_TERMINATION, 1_000);
    spending.spent(7, Cause.GO_MAP_GROWTH, 1_000);
    spending.spent(7, Cause.PAGE_FAULTS, 1_000);
    spending.snapshot(KEY, Duration.ofMillis(1));
    now.set(Duration.ofMinutes(1).toNanos());
    spending.ran(target(), Duration.ofMinutes(1).toNanos());
    return spending;
  }

  private static Target target() {
    var container =
        new WatchedContainer(
            KEY,
            "checkout",
            RuntimeChoice.AUTO,
            Duration.ofSeconds(15),
            Instant.EPOCH,
            Offers.none(),
            0.01);
    var process =
        new TargetProcess(
            new TargetProcess.Identity("id", 7, 1, new ExecutableId(1, 2)),
            4096,
            RuntimeKind.GO,
            Path.of("/proc/7/root/app"),
            Optional.empty(),
            Optional.empty(),
            0);
    return new Target(container, Optional.empty(), List.of(process));
  }

  /** As if Go and a JVM ran in one container. */
  private static void measure(Ledger ledger) {
    ledger.targets(List.of(target()));
    // All there are: a signal that comes new is on the page of metrics at once.
    ledger.measured(
        KEY, Stream.of(Signal.values()).collect(Collectors.toMap(signal -> signal, _ -> 4096.0)));
    ledger.accept(new ProbeEvent.Collection(7, 1, 2048, 3, 80_000));
    ledger.allocated(
        KEY, 7, new MemoryFigures(9, 4, 5, 5, 9, 8, 3, 5, 1, 1, 1, 4, 3, 1, 1, 100, 1 << 20), 12);
    ledger.accept(new ProbeEvent.Faults(7, 1, 5));
    ledger.accept(new ProbeEvent.MapGrowth(7, 1, 0xc0ffee, 1000, 0, List.of(1L)));
    ledger.counted(
        KEY,
        7,
        new JvmCounters(
            Origin.HSPERFDATA,
            "25",
            Collector.G1,
            512,
            128,
            1024,
            4096,
            OptionalLong.of(2),
            3,
            0.25,
            0.5,
            512,
            9,
            700));
    ledger.offered(
        KEY,
        Origin.PROMETHEUS,
        Map.of(Signal.REQUESTS, 100.0, Signal.REQUEST_TIME, 2.5, Signal.FAILED_REQUESTS, 1.0));
  }

  private static MemorySnapshotStatus snapshot() {
    var taken =
        new Artifact(
            SnapshotKind.THREAD_DUMP, Artifact.State.TAKEN, null, 10L, "ab", "/a", 5L, null);
    return new MemorySnapshotStatus(
        MemorySnapshotStatus.Phase.COMPLETED,
        null,
        null,
        "node",
        AT,
        LATER,
        List.of(taken),
        List.of(),
        List.of(),
        null,
        null);
  }

  private static String get(int port) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      var question =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
      return client.send(question, HttpResponse.BodyHandlers.ofString()).body();
    }
  }
}
