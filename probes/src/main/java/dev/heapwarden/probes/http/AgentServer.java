package dev.heapwarden.probes.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.heapwarden.probes.access.Callers;
import dev.heapwarden.probes.access.Question;
import dev.heapwarden.probes.access.Ruling;
import dev.heapwarden.probes.access.ServingIdentity;
import dev.heapwarden.probes.snapshot.ArtifactStore;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * Samples and artefacts, over TLS 1.3 and only to callers that RBAC allows. Whoever asks for an
 * artefact is a line of the log.
 */
public final class AgentServer implements AutoCloseable {
  private static final Pattern ARTIFACT =
      Pattern.compile("/v1/namespaces/([^/]+)/memorysnapshots/([^/]+)/artifacts/([^/]+)");

  private final Endpoints endpoints;
  private final String namespace;
  private final Callers callers;
  private final Answers answers;
  private final ArtifactStore artifacts;

  /**
   * Starts listening.
   *
   * @param namespace the agent's own
   */
  public AgentServer(
      int port,
      String namespace,
      ServingIdentity identity,
      Callers callers,
      Answers answers,
      ArtifactStore artifacts)
      throws IOException {
    this.namespace = namespace;
    this.callers = callers;
    this.answers = answers;
    this.artifacts = artifacts;
    ServerLimits.set();
    var server = HttpsServer.create(new InetSocketAddress(port), 0);
    server.setHttpsConfigurator(new Newest(identity.context()));
    endpoints = new Endpoints(server, Answers.Answer::refusal);
    endpoints.serve("/", this::answer);
    endpoints.start();
  }

  /** The port listened on, for a server that was started on port 0. */
  public int port() {
    return endpoints.port();
  }

  @Override
  public void close() {
    endpoints.close();
  }

  private Answers.Answer answer(HttpExchange exchange) throws IOException, InterruptedException {
    var path = exchange.getRequestURI().getPath();
    if (path.equals("/v1/samples")) {
      return switch (rule(exchange, Question.samples(namespace))) {
        case Ruling.Allowed _ -> answers.samples(parameter(exchange, "since"));
        case Ruling other -> refusal(other);
      };
    }
    var artifact = ARTIFACT.matcher(path);
    if (artifact.matches()) {
      return artifact(exchange, artifact.group(1), artifact.group(2), artifact.group(3));
    }
    return Answers.Answer.refusal(
        404,
        "nothing here; there are /v1/samples and"
            + " /v1/namespaces/NAMESPACE/memorysnapshots/NAME/artifacts/FILE");
  }

  private Ruling rule(HttpExchange exchange, Question question) throws InterruptedException {
    return callers.rule(
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")), question);
  }

  private Answers.Answer artifact(
      HttpExchange exchange, String namespace, String snapshot, String name)
      throws IOException, InterruptedException {
    var ruling = rule(exchange, Question.artifacts(namespace, snapshot));
    var log = new DownloadLog(exchange, user(ruling), namespace, snapshot, name);
    var answer =
        ruling instanceof Ruling.Allowed ? file(namespace, snapshot, name) : refusal(ruling);
    if (answer.status() == HttpURLConnection.HTTP_OK) {
      log.read(answer.length());
    } else {
      log.refused(answer.status());
    }
    return answer;
  }

  private static String user(Ruling ruling) {
    return switch (ruling) {
      case Ruling.Allowed(var user) -> user;
      case Ruling.Denied(var user, var _) -> user;
      case Ruling.Unknown _, Ruling.Unsaid _ -> DownloadLog.NOBODY;
    };
  }

  private Answers.Answer file(String namespace, String snapshot, String name) throws IOException {
    var found = artifacts.find(namespace, snapshot, name);
    return found.isPresent()
        ? Answers.Answer.file(Files.size(found.get()), found.get())
        : Answers.Answer.refusal(
            404, "no such artefact on this node: the snapshot's status names node and path");
  }

  private static Answers.Answer refusal(Ruling ruling) {
    return switch (ruling) {
      case Ruling.Unknown(var reason) -> Answers.Answer.refusal(401, reason);
      case Ruling.Denied(var _, var reason) -> Answers.Answer.refusal(403, reason);
      case Ruling.Unsaid(var reason) -> Answers.Answer.refusal(503, reason);
      case Ruling.Allowed _ -> throw new IllegalArgumentException("that is no refusal");
    };
  }

  private static Optional<String> parameter(HttpExchange exchange, String name) {
    var query = exchange.getRequestURI().getRawQuery();
    return query == null
        ? Optional.empty()
        : Arrays.stream(query.split("&"))
            .filter(pair -> pair.startsWith(name + "="))
            .map(
                pair ->
                    URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8))
            .findFirst();
  }

  /** No older TLS, no certificate of the client. */
  private static final class Newest extends HttpsConfigurator {
    Newest(SSLContext context) {
      super(context);
    }

    @Override
    public void configure(HttpsParameters parameters) {
      var tls = new SSLParameters();
      tls.setProtocols(new String[] {"TLSv1.3"});
      parameters.setSSLParameters(tls);
    }
  }
}
