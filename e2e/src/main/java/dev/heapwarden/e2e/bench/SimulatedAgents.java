package dev.heapwarden.e2e.bench;

import com.sun.net.httpserver.HttpServer;
import dev.heapwarden.crds.AgentAccess;
import dev.heapwarden.detection.sample.SampleBatch;
import dev.heapwarden.operator.tls.Credential;
import dev.heapwarden.probes.access.AccessReviews;
import dev.heapwarden.probes.access.Callers;
import dev.heapwarden.probes.access.ServingIdentity;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.http.AgentServer;
import dev.heapwarden.probes.http.Answers;
import dev.heapwarden.probes.snapshot.ArtifactStore;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The servers of many nodes' agents in one process of their own: the agent's own buffer, answers
 * and TLS, with made-up samples every {@value Fleet#INTERVAL_SECONDS} seconds. Their callers are
 * all allowed, by an API server that allows everything.
 */
public final class SimulatedAgents {
  /** Authority of their certificates, in PEM, in the directory. */
  static final String AUTHORITY = "authority.pem";

  /** Half an hour of 100 containers. */
  private static final int CAPACITY = 50_000;

  private final List<Simulated> agents = new CopyOnWriteArrayList<>();
  private final ServingIdentity identity = new ServingIdentity();
  private final Callers callers;
  private final ArtifactStore artifacts;
  private final Instant startedAt = Instant.now();

  private record Simulated(Fleet fleet, SampleBuffer buffer) {}

  private SimulatedAgents(Path directory) throws IOException, GeneralSecurityException {
    var authority = Credential.authority(startedAt);
    Files.writeString(
        directory.resolve(AUTHORITY), pem("CERTIFICATE", authority.certificate().getEncoded()));
    var serving = authority.issue(AgentAccess.SERVER_NAME, startedAt);
    identity.take(
        Map.of(
            AgentAccess.CERTIFICATE,
            bytes(pem("CERTIFICATE", serving.certificate().getEncoded())),
            AgentAccess.KEY,
            bytes(pem("PRIVATE KEY", serving.key().getEncoded()))));
    var config = new ConfigBuilder(Config.empty()).withMasterUrl(allowingEverything()).build();
    callers =
        new Callers(
            new AccessReviews(new KubernetesClientBuilder().withConfig(config).build()),
            System::nanoTime);
    artifacts = new ArtifactStore(directory, 1);
  }

  /**
   * For every number on standard input starts as many agents more, and says the port of each.
   *
   * @param arguments directory for the authority's certificate
   */
  public static void main(String[] arguments) throws Exception {
    var simulated = new SimulatedAgents(Path.of(arguments[0]));
    try (var clock = Executors.newSingleThreadScheduledExecutor()) {
      var _ =
          clock.scheduleAtFixedRate(simulated::read, 0, Fleet.INTERVAL_SECONDS, TimeUnit.SECONDS);
      var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (var line = orders.readLine(); line != null; line = orders.readLine()) {
        for (int i = Integer.parseInt(line); i > 0; i--) {
          System.out.println(simulated.add());
        }
      }
      clock.shutdownNow();
    }
    System.exit(0);
  }

  private int add() throws IOException {
    var fleet = new Fleet(agents.size(), startedAt);
    var buffer = new SampleBuffer(CAPACITY, SampleBatch.PAGE, new Random(agents.size()));
    var containers = fleet.page(0, 0).containers();
    var answers = new Answers(buffer, () -> containers, Optional::empty, Optional::empty);
    agents.add(new Simulated(fleet, buffer));
    return new AgentServer(0, fleet.namespace(), identity, callers, answers, artifacts).port();
  }

  private void read() {
    int reading =
        (int) (Duration.between(startedAt, Instant.now()).toSeconds() / Fleet.INTERVAL_SECONDS);
    for (var agent : agents) {
      for (var sample : agent.fleet.page(reading, reading + 1).samples()) {
        agent.buffer.add(
            sample.at(), sample.container(), sample.origin(), sample.values(), sample.subject());
      }
    }
  }

  /** The URL of an API server that knows everybody and allows everything. */
  private static String allowingEverything() throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          var answer =
              exchange.getRequestURI().getPath().endsWith("tokenreviews")
                  ? """
                    {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "status": {
                      "authenticated": true, "user": {"username": "operator"}, "audiences": ["%s"]}}
                    """
                      .formatted(AgentAccess.AUDIENCE)
                  : """
                    {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
                      "status": {"allowed": true}}
                    """;
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          try (exchange) {
            exchange.sendResponseHeaders(201, 0);
            exchange.getResponseBody().write(bytes(answer));
          }
        });
    server.start();
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private static String pem(String kind, byte[] content) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, Base64.getMimeEncoder().encodeToString(content), kind);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
