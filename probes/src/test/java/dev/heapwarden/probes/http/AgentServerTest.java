package dev.heapwarden.probes.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.SampleBatch;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.detection.sample.Subject;
import dev.heapwarden.probes.access.AccessReviews;
import dev.heapwarden.probes.access.Callers;
import dev.heapwarden.probes.access.Certificates;
import dev.heapwarden.probes.access.Reviewer;
import dev.heapwarden.probes.access.ServingIdentity;
import dev.heapwarden.probes.buffer.Position;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.probe.CgroupMemory;
import dev.heapwarden.probes.probe.ProbeCounters;
import dev.heapwarden.probes.probe.ProbeEvent;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.sample.WallClock;
import dev.heapwarden.probes.snapshot.ArtifactStore;
import dev.heapwarden.probes.target.Pprof;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.WatchedContainer;
import io.fabric8.kubernetes.client.KubernetesClient;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentServerTest {
  private static final ContainerKey KEY = new ContainerKey("shop", "web-1", "uid", "web", "id");

  private final SampleBuffer buffer = new SampleBuffer(10, 2, new Random(1));
  private List<ContainerState> containers = List.of();
  private Optional<String> unready = Optional.empty();
  private final Ledger ledger =
      new Ledger(buffer, new Sites(), WallClock.system(), Path.of("/proc"));
  @TempDir private Path artifacts;
  private StatusServer status;
  private AgentServer server;
  private Reviewer apiServer;
  private KubernetesClient reviewing;
  private HttpClient client;

  @BeforeEach
  void start() throws Exception {
    var answers = new Answers(buffer, () -> containers, Optional::empty, () -> unready);
    status =
        new StatusServer(
            0,
            answers,
            new AgentMetrics(
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                () -> containers,
                ledger,
                new ProbeCounters(),
                () -> true,
                buffer));
    apiServer = new Reviewer();
    apiServer.rights.put("operator", Set.of("agents/samples heapwarden/"));
    reviewing = apiServer.client();
    var certificates = new Certificates();
    var identity = new ServingIdentity();
    identity.take(certificates.secret(2));
    server =
        new AgentServer(
            0,
            "heapwarden",
            identity,
            new Callers(new AccessReviews(reviewing), System::nanoTime),
            answers,
            new ArtifactStore(artifacts, 1));
    client = HttpClient.newBuilder().sslContext(certificates.client()).build();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
    status.close();
    reviewing.close();
    apiServer.close();
  }

  @JsonDeserialize(as = MapInstance.class)
  private interface AMap {}

  @Test
  void theOperatorReadsBackWhatTheAgentMeasured() throws Exception {
    var at = Instant.parse("2026-01-01T00:00:00.123456789Z");
    var map = new MapInstance(7, "0xc0ffee", "main.handle");
    containers = List.of(state(Attachment.State.ATTACHED));
    buffer.add(at, KEY, Origin.GO_MAP_UPROBE, Map.of(Signal.MAP_ENTRIES, 106552.0), map);

    var json =
        JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .addMixIn(Subject.class, AMap.class)
            .build();
    var batch = json.readValue(get("/v1/samples").body(), SampleBatch.class);

    assertThat(batch.reset()).isTrue();
    assertThat(batch.containers()).isEqualTo(containers);
    assertThat(batch.samples())
        .singleElement()
        .satisfies(
            sample -> {
              assertThat(sample.at()).isEqualTo(at);
              assertThat(sample.subject()).isEqualTo(map);
              assertThat(sample.values()).isEqualTo(Map.of(Signal.MAP_ENTRIES, 106552.0));
            });
  }

  @Test
  void anAnswerSaysThatThereIsMoreToAskFor() throws Exception {
    for (int i = 0; i < 3; i++) {
      buffer.add(Instant.EPOCH, KEY, Origin.CGROUP, Map.of(Signal.WORKING_SET, 1.0), null);
    }

    assertThat(get("/v1/samples").body()).contains("\"last\":2").contains("\"more\":true");
    assertThat(get("/v1/samples?since=" + buffer.since(Position.start()).epoch() + ":2").body())
        .contains("\"last\":3")
        .contains("\"more\":false");
  }

  @Test
  void aPositionThatIsNoneGetsASentence() throws Exception {
    var answer = get("/v1/samples?since=yesterday");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).startsWith("{\"reason\":\"since must be EPOCH:SEQUENCE");
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

  @Test
  void aContainerThatIsReplacedByOneOfItsNameIsToldOnce() throws Exception {
    var successor = new ContainerKey("shop", "web-1", "uid", "web", "id-2");
    containers =
        List.of(
            new ContainerState(
                successor,
                "policy",
                RuntimeKind.GO,
                "",
                Instant.EPOCH.plusSeconds(1),
                List.of(new Attachment("GoGc", Attachment.State.PENDING, "why"))),
            state(Attachment.State.ATTACHED));

    assertThat(get("/metrics").body())
        .containsOnlyOnce("heapwarden_container_probe_attached{")
        .containsPattern("heapwarden_container_probe_attached\\{.*} 0.0");
  }

  @Test
  void aMapIsToldByItsFunctionAndNeverByItsAddress() throws Exception {
    containers = List.of(state(Attachment.State.ATTACHED));
    watched();
    ledger.accept(new ProbeEvent.MapGrowth(7, 1, 0xc0ffee, 106552, List.of(1L)));

    assertThat(get("/metrics").body())
        .containsPattern("heapwarden_container_map_entries\\{.*site=\"unknown\"} 106552.0")
        .doesNotContain("c0ffee");
  }

  /** What promtool check metrics asks for. */
  @Test
  void metricsAreNamedAndDescribedAsPrometheusWantsThem() throws Exception {
    containers = List.of(state(Attachment.State.ATTACHED));
    watched();
    ledger.measured(KEY, new CgroupMemory(4096, 8192, OptionalLong.empty()));
    ledger.accept(new ProbeEvent.Collection(7, 1, 2048, 3));
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
  void onlyQuestionsAreAnswered() throws Exception {
    assertThat(get("/v1/samples/more").statusCode()).isEqualTo(404);
    assertThat(get("/metrics/more").statusCode()).isEqualTo(404);
    var post =
        HttpRequest.newBuilder(uri("/v1/samples"))
            .POST(HttpRequest.BodyPublishers.ofString("x"))
            .build();
    assertThat(client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(405);
  }

  private void watched() {
    var container =
        new WatchedContainer(
            KEY,
            "policy",
            RuntimeChoice.AUTO,
            Duration.ofSeconds(15),
            Instant.EPOCH,
            new Pprof.NotNamed());
    var process =
        new TargetProcess(
            new TargetProcess.Identity("id", 7, 1, new ExecutableId(1, 2)),
            4096,
            RuntimeKind.GO,
            Path.of("/proc/7/root/app"),
            Optional.empty(),
            Optional.empty(),
            0);
    ledger.targets(List.of(new Target(container, Optional.empty(), List.of(process))));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri(path))
            .header("Authorization", "Bearer operator@heapwarden-agent")
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Samples over TLS, all else without. */
  private URI uri(String path) {
    return URI.create(
        path.startsWith("/v1/")
            ? "https://127.0.0.1:" + server.port() + path
            : "http://127.0.0.1:" + status.port() + path);
  }

  private static ContainerState state(Attachment.State state) {
    return new ContainerState(
        KEY,
        "policy",
        RuntimeKind.GO,
        "go1.26.8",
        Instant.EPOCH,
        List.of(new Attachment("GoGc", state, state == Attachment.State.ATTACHED ? null : "why")));
  }
}
