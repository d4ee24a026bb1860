package dev.heapwarden.probes.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.function.Supplier;

/**
 * For the kubelet and Prometheus: whether the agent is well, and figures without heap contents.
 * Plain HTTP, open to all, so that it answers before there is a certificate.
 */
public final class StatusServer implements AutoCloseable {
  private final Endpoints endpoints;

  /** Starts listening. */
  public StatusServer(int port, Answers answers, AgentMetrics metrics) throws IOException {
    ServerLimits.set();
    endpoints =
        new Endpoints(HttpServer.create(new InetSocketAddress(port), 0), Answers.Answer::text);
    Map<String, Supplier<Answers.Answer>> paths =
        Map.of(
            "/metrics",
            () ->
                Answers.Answer.text(
                    200, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape()),
            "/healthz",
            answers::health,
            "/readyz",
            answers::readiness);
    endpoints.serve(
        "/",
        exchange ->
            paths
                .getOrDefault(
                    exchange.getRequestURI().getPath(),
                    () ->
                        Answers.Answer.text(
                            404, "nothing here; there are /metrics, /healthz, /readyz"))
                .get());
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
}
