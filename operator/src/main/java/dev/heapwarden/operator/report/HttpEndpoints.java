package dev.heapwarden.operator.report;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/** {@code /metrics}, {@code /healthz} and {@code /readyz}. */
public final class HttpEndpoints implements AutoCloseable {
  private final HttpServer server;

  /**
   * Listens at once.
   *
   * @param healthy false asks the kubelet for a restart
   * @param ready true when every informer has its data
   * @throws IOException when the port is taken
   */
  public HttpEndpoints(int port, Measures measures, BooleanSupplier healthy, BooleanSupplier ready)
      throws IOException {
    server = HttpServer.create(new InetSocketAddress(port), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/metrics",
        exchange ->
            answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", measures.scrape()));
    server.createContext("/healthz", exchange -> answer(exchange, healthy));
    server.createContext("/readyz", exchange -> answer(exchange, ready));
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private static void answer(HttpExchange exchange, BooleanSupplier good) throws IOException {
    var well = good.getAsBoolean();
    answer(exchange, well ? 200 : 503, "text/plain", well ? "ok\n" : "not yet\n");
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
