package dev.heapwarden.probes.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent's HTTP server: a virtual thread for each question. */
public final class AgentServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AgentServer.class);

  /** To HttpExchange.sendResponseHeaders: the body is sent in chunks. */
  private static final long LENGTH_UNKNOWN = 0;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private interface Endpoint {
    Answers.Answer answer(HttpExchange exchange) throws IOException;
  }

  /** Starts listening. */
  public AgentServer(int port, Answers answers, AgentMetrics metrics) throws IOException {
    server = HttpServer.create(new InetSocketAddress(port), 0);
    server.setExecutor(threads);
    serve("/v1/samples", exchange -> answers.samples(parameter(exchange, "since")));
    serve(
        "/metrics",
        exchange ->
            Answers.Answer.text(200, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape()));
    serve("/healthz", exchange -> answers.health());
    serve("/readyz", exchange -> answers.readiness());
    server.start();
  }

  /** The port listened on, for a server that was started on port 0. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }

  private void serve(String path, Endpoint endpoint) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            send(exchange, answer(path, endpoint, exchange));
          }
        });
  }

  private static Answers.Answer answer(String path, Endpoint endpoint, HttpExchange exchange) {
    if (!exchange.getRequestMethod().equals("GET")) {
      return Answers.Answer.text(405, "only GET is answered here");
    }
    if (!exchange.getRequestURI().getPath().equals(path)) {
      return Answers.Answer.text(
          404, "nothing here; there are /v1/samples, /metrics, /healthz, /readyz");
    }
    try {
      return endpoint.answer(exchange);
    } catch (IOException | UncheckedIOException | IllegalStateException failure) {
      LOG.warn("question failed path={}", path, failure);
      return Answers.Answer.text(500, "the agent could not answer; its log says why");
    }
  }

  private static void send(HttpExchange exchange, Answers.Answer answer) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", answer.type());
    exchange.sendResponseHeaders(answer.status(), LENGTH_UNKNOWN);
    try (var out = new BufferedOutputStream(exchange.getResponseBody())) {
      answer.body().writeTo(out);
    }
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
}
