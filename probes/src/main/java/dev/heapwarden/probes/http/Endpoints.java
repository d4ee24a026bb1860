package dev.heapwarden.probes.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What both servers have in common: GET only, a virtual thread for each question. */
final class Endpoints implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Endpoints.class);

  /** In seconds; who comes again at once finds the agent as busy as before. */
  private static final String RETRY_AFTER = "2";

  private final HttpServer server;
  private final BiFunction<Integer, String, Answers.Answer> refusal;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Answers one question. */
  interface Endpoint {
    Answers.Answer answer(HttpExchange exchange) throws IOException, InterruptedException;
  }

  /**
   * @param refusal makes an answer of a status and a reason
   */
  Endpoints(HttpServer server, BiFunction<Integer, String, Answers.Answer> refusal) {
    this.server = server;
    this.refusal = refusal;
    server.setExecutor(threads);
  }

  /** Answers every path that begins with this one. */
  void serve(String path, Endpoint endpoint) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            send(exchange, answer(path, endpoint, exchange));
          }
        });
  }

  void start() {
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }

  private Answers.Answer answer(String path, Endpoint endpoint, HttpExchange exchange) {
    if (!exchange.getRequestMethod().equals("GET")) {
      return refusal.apply(405, "only GET is answered here");
    }
    try {
      return endpoint.answer(exchange);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return refusal.apply(503, "the agent is stopping");
    } catch (IOException | UncheckedIOException | IllegalStateException failure) {
      LOG.warn("question failed path={}", path, failure);
      return refusal.apply(500, "the agent could not answer; its log says why");
    }
  }

  private static void send(HttpExchange exchange, Answers.Answer answer) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", answer.type());
    if (answer.status() == 401) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
    }
    if (answer.status() == 503) {
      exchange.getResponseHeaders().set("Retry-After", RETRY_AFTER);
    }
    exchange.sendResponseHeaders(answer.status(), answer.length());
    try (var out = new BufferedOutputStream(exchange.getResponseBody())) {
      answer.body().writeTo(out);
    }
  }
}
