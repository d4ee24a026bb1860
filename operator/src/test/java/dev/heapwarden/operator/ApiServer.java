package dev.heapwarden.operator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** An API server whose answers a test gives, one at a time. */
public final class ApiServer implements AutoCloseable {
  /** What is answered to one request. */
  public interface Answer {
    Reply to(String method, URI uri, String body);
  }

  public record Reply(int code, Object body) {
    public static Reply ok(Object body) {
      return new Reply(200, body);
    }

    public static Reply refusal(int code, String message) {
      return new Reply(code, new StatusBuilder().withCode(code).withMessage(message).build());
    }

    public static Reply list(Object... items) {
      return ok(
          Map.of(
              "apiVersion", "v1", "kind", "List", "metadata", Map.of(), "items", List.of(items)));
    }
  }

  private final HttpServer server;
  private final KubernetesClient client;

  public ApiServer(Answer answer) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> send(exchange, answer));
    server.start();
    client = clientOf(server);
  }

  /** One that knows nothing of this machine's clusters, and asks once. */
  public static KubernetesClient clientOf(HttpServer server) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .withRequestRetryBackoffLimit(0)
                .build())
        .build();
  }

  public KubernetesClient client() {
    return client;
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    try (exchange) {
      var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      var reply = answer.to(exchange.getRequestMethod(), exchange.getRequestURI(), body);
      var bytes = Serialization.asJson(reply.body()).getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(reply.code(), bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    client.close();
    server.stop(0);
  }
}
