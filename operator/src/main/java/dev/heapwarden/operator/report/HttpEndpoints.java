package dev.heapwarden.operator.report;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** {@code /metrics}, {@code /healthz} and {@code /readyz}. */
public final class HttpEndpoints implements AutoCloseable {
  private final HttpServer server;

  /**
   * Listens at once.
   *
   * @param unhealthy why the kubelet is asked for a restart; empty while it is not
   * @param ready true when every informer has its data
   * @throws IOException when the port is taken
   */
  public HttpEndpoints(
      int port, Measures measures, Supplier<Optional<String>> unhealthy, BooleanSupplier ready)
      throws IOException {
    server = HttpServer.create(new InetSocketAddress(port), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/metrics",
        exchange ->
            answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", measures.scrape()));
    server.createContext("/healthz", exchange -> answer(exchange, unhealthy.get()));
    server.createContext(
        "/readyz",
        exchange ->
            answer(exchange, ready.getAsBoolean() ? Optional.empty() : Optional.of("not yet")));
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private static void answer(HttpExchange exchange, Optional<String> problem) throws IOException {
    answer(exchange, problem.isEmpty() ? 200 : 503, "text/plain", problem.orElse("ok") + "\n");
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    try (exchange) {
      var body = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
