package dev.heapwarden.probes.http;

import static dev.heapwarden.probes.target.Web.KEY;
import static dev.heapwarden.probes.target.Web.state;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Origin;
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
import dev.heapwarden.probes.snapshot.ArtifactStore;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Samples over TLS. */
class AgentServerTest {
  private final SampleBuffer buffer = new SampleBuffer(10, 2, new Random(1));
  private List<ContainerState> containers = List.of();
  @TempDir private Path artifacts;
  private AgentServer server;
  private Reviewer apiServer;
  private KubernetesClient reviewing;
  private HttpClient client;

  @BeforeEach
  void start() throws Exception {
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
            new Answers(buffer, () -> containers, Optional::empty, Optional::empty),
            new ArtifactStore(artifacts, 1));
    client = HttpClient.newBuilder().sslContext(certificates.client()).build();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
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
  void onlyQuestionsAreAnswered() throws Exception {
    assertThat(get("/v1/samples/more").statusCode()).isEqualTo(404);
    var post =
        HttpRequest.newBuilder(uri("/v1/samples"))
            .POST(HttpRequest.BodyPublishers.ofString("x"))
            .build();
    assertThat(client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(405);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(uri(path))
            .header("Authorization", "Bearer operator@heapwarden-agent")
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("https://127.0.0.1:" + server.port() + path);
  }
}
