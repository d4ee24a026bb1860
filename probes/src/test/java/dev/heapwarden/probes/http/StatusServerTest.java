package dev.heapwarden.probes.http;

import static dev.heapwarden.probes.target.Web.KEY;
import static dev.heapwarden.probes.target.Web.state;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.gclog.GcLogCounts;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.probe.ProbeCounters;
import dev.heapwarden.probes.probe.ProbeEvent;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.sample.WallClock;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.Web;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the kubelet and Prometheus are told, without TLS. */
class StatusServerTest {
  private final SampleBuffer buffer = new SampleBuffer(10, 2, new Random(1));
  private List<ContainerState> containers = List.of();
  private Optional<String> unready = Optional.empty();
  private final Ledger ledger =
      new Ledger(buffer, new Sites(), WallClock.system(), Path.of("/proc"));
  private final HttpClient client = HttpClient.newHttpClient();
  private StatusServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        new StatusServer(
            0,
            new Answers(buffer, () -> containers, Optional::empty, () -> unready),
            new AgentMetrics(
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                () -> containers,
                ledger,
                new Spending(System::nanoTime, InstantSource.system()),
                new ProbeCounters(),
                () -> true,
                buffer,
                new GcLogCounts()));
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void theAgentIsNotReadyWhileAProbeIsNeitherAttachedNorRefused() throws Exception {
    containers = List.of(state(Attachment.State.PENDING));
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").body()).contains("GoGc of shop/web-1/web");

    containers = List.of(state(Attachment.State.REFUSED));
    assertThat(get("/readyz").statusCode()).isEqualTo(200);

    unready = Optional.of("pods have not been read yet");
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
  }

  @Test
  void metricsTellWhatIsAttached() throws Exception {
    containers = List.of(state(Attachment.State.ATTACHED));

    assertThat(get("/metrics").body())
        .contains(
            "heapwarden_container_probe_attached{container=\"web\",namespace=\"shop\",pod=\"web-1\",probe=\"GoGc\"}"
                + " 1.0")
        .contains("heapwarden_agent_bpftrace_lost_events_total 0.0");
  }

  /** Else a proxy beside each JVM would be an alert for ever. */
  @Test
  void whatIsNoGoProgramIsNotCountedAmongTheRefusedProbesOfGo() throws Exception {
    containers = List.of(state(Attachment.State.REFUSED), proxy());

    assertThat(get("/metrics").body())
        .contains("heapwarden_agent_probes{probe=\"GoGc\",state=\"refused\"} 1.0")
        .contains("heapwarden_agent_probes{probe=\"GoMapGrowth\",state=\"refused\"} 0.0")
        .contains("heapwarden_agent_probes{probe=\"GoMapGrowth\",state=\"attached\"} 0.0")
        .contains("heapwarden_agent_probes{probe=\"PageFaults\",state=\"refused\"} 1.0")
        .contains(
            "heapwarden_container_probe_attached{container=\"proxy\",namespace=\"shop\",pod=\"web-1\",probe=\"GoGc\"}"
                + " 0.0");
  }

  private static ContainerState proxy() {
    return new ContainerState(
        new ContainerKey("shop", "web-1", "uid", "proxy", "id-2"),
        "policy",
        RuntimeKind.NATIVE,
        "",
        Instant.EPOCH,
        Stream.of("PageFaults", "GoGc", "GoMapGrowth")
            .map(probe -> new Attachment(probe, Attachment.State.REFUSED, "why"))
            .toList(),
        null);
  }

  @Test
  void aContainerThatIsReplacedByOneOfItsNameIsToldOnce() throws Exception {
    var successor = Web.key("id-2");
    containers =
        List.of(
            new ContainerState(
                successor,
                "policy",
                RuntimeKind.GO,
                "",
                Instant.EPOCH.plusSeconds(1),
                List.of(new Attachment("GoGc", Attachment.State.PENDING, "why")),
                null),
            state(Attachment.State.ATTACHED));

    assertThat(get("/metrics").body())
        .containsOnlyOnce("heapwarden_container_probe_attached{")
        .containsPattern("heapwarden_container_probe_attached\\{.*} 0.0");
  }

  @Tag("E10")
  @Test
  void aMapIsToldByItsFunctionAndNeverByItsAddress() throws Exception {
    containers = List.of(state(Attachment.State.ATTACHED));
    watched();
    ledger.accept(new ProbeEvent.MapGrowth(7, 1, 0xc0ffee, 106552, 0, List.of(1L)));

    assertThat(get("/metrics").body())
        .containsPattern("heapwarden_container_map_entries\\{.*site=\"unknown\"} 106552.0")
        .doesNotContain("c0ffee");
  }

  /** What promtool check metrics asks for. */
  @Test
  void metricsAreNamedAndDescribedAsPrometheusWantsThem() throws Exception {
    containers = List.of(state(Attachment.State.ATTACHED));
    watched();
    ledger.measured(KEY, Map.of(Signal.ANONYMOUS_MEMORY, 4096.0, Signal.WORKING_SET, 8192.0));
    ledger.accept(new ProbeEvent.Collection(7, 1, 2048, 3, 0));
    ledger.accept(new ProbeEvent.Faults(7, 1, 5));

    var text = get("/metrics").body();

    var labels = "{container=\"web\",namespace=\"shop\",pod=\"web-1\"}";
    assertThat(text)
        .contains("heapwarden_container_anonymous_memory_bytes" + labels + " 4096.0")
        .contains("heapwarden_container_live_heap_bytes" + labels + " 2048.0")
        .contains("heapwarden_container_collections_total" + labels + " 3.0")
        .contains("heapwarden_container_page_faults_total" + labels + " 5.0");
    var types = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$").matcher(text).results().toList();
    assertThat(types)
        .hasSizeGreaterThan(8)
        .allSatisfy(
            type -> {
              var name = type.group(1);
              assertThat(name).matches("(heapwarden_(agent|container)|process)_[a-z_]*[a-z]");
              assertThat(name.endsWith("_total")).isEqualTo(type.group(2).equals("counter"));
              assertThat(text).containsPattern("(?m)^# HELP " + name + " [A-Z0-9]");
            });
  }

  @Test
  void nothingElseIsAnswered() throws Exception {
    assertThat(get("/metrics/more").statusCode()).isEqualTo(404);
  }

  private void watched() {
    var process =
        new TargetProcess(
            new TargetProcess.Identity("id", 7, 1, new ExecutableId(1, 2)),
            4096,
            RuntimeKind.GO,
            Path.of("/proc/7/root/app"),
            Optional.empty(),
            Optional.empty(),
            0);
    ledger.targets(List.of(new Target(Web.watched(), Optional.empty(), List.of(process))));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
