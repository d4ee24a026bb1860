package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.net.httpserver.HttpServer;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.probe.Tracepoints;
import dev.heapwarden.probes.target.Endpoint;
import dev.heapwarden.probes.target.Offers;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.Web;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceCollectorTest {
  @TempDir Path root;

  @Test
  void aMistakeOfTheAgentIsAFailureOfThatKindWithoutWhatItQuotes() throws Exception {
    assertThat(profile(new Endpoint.At("no host name: a secret", 6060, "/")))
        .isEqualTo(new Evidence.Failed("a mistake of the agent: IllegalArgumentException"));
  }

  @Test
  void aPortThatIsNotTheContainersIsRefusedWithTheReason() throws Exception {
    assertThat(profile(new Endpoint.OfAnother(6060, "web")))
        .isEqualTo(new Evidence.Refused("port 6060 is that of container web"));
  }

  @Tag("E1")
  @Test
  void aHeapProfileIsTakenBeforeTheCollectionThatItAsksForAndAfter() throws Exception {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/debug/pprof/heap",
        exchange -> {
          try (exchange) {
            var answer = exchange.getRequestURI().getQuery() == null ? "with garbage" : "collected";
            exchange.sendResponseHeaders(200, answer.length());
            exchange.getResponseBody().write(answer.getBytes(StandardCharsets.UTF_8));
          }
        });
    server.start();
    try {
      var taken =
          profile(new Endpoint.At("127.0.0.1", server.getAddress().getPort(), "/debug/pprof/"));
      var status =
          SnapshotReport.finished(
              "node",
              Instant.EPOCH,
              Instant.EPOCH,
              new LinkedHashMap<>(Map.of(SnapshotKind.GO_HEAP_PROFILE, taken)),
              null);

      assertThat(status.artifacts())
          .extracting(artifact -> Path.of(Objects.requireNonNull(artifact.path())))
          .extracting(file -> file.getFileName().toString(), EvidenceCollectorTest::content)
          .containsExactly(
              tuple("heap.pb.gz", "collected"), tuple("heap-before-gc.pb.gz", "with garbage"));
    } finally {
      server.stop(0);
    }
  }

  private static String content(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Evidence profile(Endpoint pprof) throws InterruptedException {
    var collector =
        new EvidenceCollector(
            new Bpftrace(List.of("bpftrace"), root),
            new Tracepoints(root),
            new Sites(),
            new ProcFs(root),
            new ArtifactStore(root, 1 << 20),
            (_, _, _) -> {},
            (_, _) -> {},
            _ -> List.of(),
            new Spending(System::nanoTime, InstantSource.system()),
            (_, _) -> Optional.empty());
    return collector.take(
        SnapshotKind.GO_HEAP_PROFILE,
        new Order(
            new ArtifactStore.Owner("shop", "s1"),
            new Target(Web.watched(Web.KEY, Offers.pprof(pprof)), Optional.empty(), List.of()),
            Duration.ofSeconds(5),
            List.of(),
            Optional.empty()));
  }
}
