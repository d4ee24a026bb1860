package dev.heapwarden.probes.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.probes.access.AccessReviews;
import dev.heapwarden.probes.access.Callers;
import dev.heapwarden.probes.access.Certificates;
import dev.heapwarden.probes.access.Reviewer;
import dev.heapwarden.probes.access.ServingIdentity;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.snapshot.ArtifactStore;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets what from an agent: real TLS, real certificates. */
class AccessTest {
  private static final String ARTIFACT =
      "/v1/namespaces/shop/memorysnapshots/s1/artifacts/heap.pb.gz";

  private static final String WHAT = "namespace=shop snapshot=s1 artefact=heap.pb.gz ";

  @TempDir private Path artifacts;
  private final ServingIdentity identity = new ServingIdentity();
  private Certificates certificates;
  private Reviewer apiServer;
  private KubernetesClient reviewing;
  private AgentServer server;
  private HttpClient client;

  @BeforeEach
  void start() throws Exception {
    certificates = new Certificates();
    identity.take(certificates.secret(2));
    apiServer = new Reviewer();
    apiServer.rights.put("operator", Set.of("agents/samples heapwarden/"));
    apiServer.rights.put("admin", Set.of("memorysnapshots/artifacts shop/s1"));
    apiServer.rights.put("viewer", Set.of("memorysnapshots/ shop/s1"));
    reviewing = apiServer.client();
    var answers =
        new Answers(
            new SampleBuffer(10, 2, new Random(1)), List::of, Optional::empty, Optional::empty);
    server =
        new AgentServer(
            0,
            "heapwarden",
            identity,
            new Callers(new AccessReviews(reviewing), System::nanoTime),
            answers,
            new ArtifactStore(artifacts, 1L << 30));
    client = HttpClient.newBuilder().sslContext(certificates.client()).build();
    Files.createDirectories(artifacts.resolve("shop/s1"));
    Files.writeString(artifacts.resolve("shop/s1/heap.pb.gz"), "heap");
    Files.writeString(artifacts.resolve("shop/s1/.heap.pb.gz1.part"), "half");
    Files.writeString(artifacts.resolve("secret"), "not an artefact");
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
    reviewing.close();
    apiServer.close();
  }

  @Test
  void theOperatorReadsSamples() throws Exception {
    assertThat(get("/v1/samples", "operator@heapwarden-agent").statusCode()).isEqualTo(200);
  }

  @Test
  void whoBringsNoTokenGetsNothing() throws Exception {
    var answer = get("/v1/samples", "");

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    assertThat(answer.body())
        .isEqualTo("{\"reason\":\"a token is needed: Authorization: Bearer TOKEN\"}\n");
  }

  @Test
  void aTokenForAnotherAudienceGetsNothing() throws Exception {
    assertThat(get("/v1/samples", "operator@https://kubernetes").statusCode()).isEqualTo(401);
  }

  @Test
  void whomRbacDoesNotAllowGetsNothing() throws Exception {
    var answer = get("/v1/samples", "viewer@heapwarden-agent");

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body())
        .isEqualTo(
            "{\"reason\":\"viewer may not get agents/samples.heapwarden.dev in namespace heapwarden\"}\n");
  }

  @Test
  void nobodyGetsAnythingWhileTheApiServerIsAway() throws Exception {
    apiServer.close();

    var answer = get("/v1/samples", "operator@heapwarden-agent");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValueAsLong("Retry-After")).hasValue(2);
    assertThat(answer.body()).isEqualTo("{\"reason\":\"the API server does not answer\"}\n");
  }

  @Test
  void anArtefactGoesToWhoMayReadIt() throws Exception {
    var answer = get(ARTIFACT, "admin@heapwarden-agent");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValueAsLong("Content-Length")).hasValue(4);
    assertThat(answer.body()).isEqualTo("heap");
    assertThat(get(ARTIFACT, "viewer@heapwarden-agent").statusCode()).isEqualTo(403);
    assertThat(get(ARTIFACT, "operator@heapwarden-agent").statusCode()).isEqualTo(403);
    assertThat(get(ARTIFACT, "").statusCode()).isEqualTo(401);
  }

  @Test
  void everyDownloadIsALineOfTheLogAndSoIsEveryRefusal() throws Exception {
    assertThat(logged(ARTIFACT, "admin@heapwarden-agent"))
        .contains("artefact is read user=admin from=127.0.0.1 " + WHAT + "bytes=4");
    assertThat(logged(ARTIFACT, "viewer@heapwarden-agent"))
        .contains("artefact is refused user=viewer from=127.0.0.1 " + WHAT + "status=403");
    assertThat(logged(ARTIFACT, "")).contains("artefact is refused user=- ", WHAT + "status=401");
    assertThat(logged(ARTIFACT + "x", "admin@heapwarden-agent"))
        .contains("artefact is refused user=admin ", "artefact=heap.pb.gzx status=404");
    apiServer.failure.set(500);
    assertThat(logged(ARTIFACT, "other@heapwarden-agent"))
        .contains("artefact is refused user=- ", WHAT + "status=503");
  }

  @Test
  void nobodyWritesALineOfTheLogThatIsNotTrue() throws Exception {
    assertThat(logged(ARTIFACT + "%0Aartefact%20is%20read%20user=admin", "").lines())
        .filteredOn(line -> line.contains("artefact is"))
        .hasSize(1);
  }

  /** What the agent wrote until it answered. */
  private String logged(String path, String token) throws Exception {
    var err = System.err;
    var lines = new ByteArrayOutputStream();
    System.setErr(new PrintStream(lines, true, StandardCharsets.UTF_8));
    try {
      get(path, token);
    } finally {
      System.setErr(err);
    }
    return lines.toString(StandardCharsets.UTF_8);
  }

  @Test
  void onlyArtefactsAreRead() throws Exception {
    apiServer.rights.put(
        "root", Set.of("memorysnapshots/artifacts shop/s1", "memorysnapshots/artifacts ../.."));
    var snapshot = "/v1/namespaces/shop/memorysnapshots/s1/artifacts/";

    for (var path :
        List.of(
            snapshot + "none",
            snapshot + ".heap.pb.gz1.part",
            snapshot + "..%2F..%2Fsecret",
            snapshot + "..",
            "/v1/namespaces/../memorysnapshots/../artifacts/secret",
            "/v1/namespaces/shop/memorysnapshots/s1")) {
      assertThat(get(path, "root@heapwarden-agent").statusCode()).as(path).isEqualTo(404);
    }
  }

  @Test
  void withoutACertificateNoConversationBegins() throws Exception {
    var other = new ServingIdentity();
    try (var dumb =
        new AgentServer(
            0,
            "heapwarden",
            other,
            new Callers(new AccessReviews(reviewing), System::nanoTime),
            new Answers(
                new SampleBuffer(10, 2, new Random(1)), List::of, Optional::empty, Optional::empty),
            new ArtifactStore(artifacts, 1L << 30))) {
      assertThatThrownBy(() -> served(dumb.port())).isInstanceOf(IOException.class);

      other.take(certificates.secret(3));
      assertThat(served(dumb.port()).getSerialNumber()).isEqualTo(3);
    }
  }

  @Test
  void aNewCertificateIsServedAtOnce() throws Exception {
    assertThat(served(server.port()).getSerialNumber()).isEqualTo(2);

    identity.take(certificates.secret(7));

    assertThat(served(server.port()).getSerialNumber()).isEqualTo(7);
  }

  @Test
  void aBrokenSecretLeavesTheAgentWithWhatItHad() throws Exception {
    assertThatThrownBy(
            () -> identity.take(Map.of("tls.crt", "x".getBytes(StandardCharsets.US_ASCII))))
        .isInstanceOf(GeneralSecurityException.class);
    assertThatThrownBy(() -> identity.take(Map.of())).isInstanceOf(GeneralSecurityException.class);

    assertThat(served(server.port()).getSerialNumber()).isEqualTo(2);
  }

  @Test
  void anOlderTlsIsNotSpoken() throws Exception {
    try (var socket = socket(server.port())) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});

      assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
    }
  }

  private X509Certificate served(int port) throws Exception {
    try (var socket = socket(port)) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private SSLSocket socket(int port) throws Exception {
    return (SSLSocket) certificates.client().getSocketFactory().createSocket("127.0.0.1", port);
  }

  private HttpResponse<String> get(String path, String token)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
