package dev.heapwarden.operator.tls;

import com.sun.net.httpserver.HttpServer;
import dev.heapwarden.operator.ApiServer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Objects behind the HTTP that an API server speaks: created once, and updated with the
 * resourceVersion they have, or not at all.
 */
final class Objects implements AutoCloseable {
  private final Map<String, GenericKubernetesResource> stored = new ConcurrentHashMap<>();
  private final HttpServer server;

  /** Of either kind. */
  final AtomicInteger writes = new AtomicInteger();

  /** Happens before the next write, which comes too late. */
  final AtomicReference<@Nullable Runnable> rival = new AtomicReference<>();

  Objects() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            var path = exchange.getRequestURI().getPath();
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var first = body.isEmpty() ? null : rival.getAndSet(null);
            if (first != null) {
              first.run();
            }
            var answer = answer(exchange.getRequestMethod(), path, body);
            var bytes = answer.text().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status(), bytes.length);
            exchange.getResponseBody().write(bytes);
          }
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  private record Answer(int status, String text) {
    static Answer refusal(int status) {
      return new Answer(status, "{\"kind\":\"Status\",\"code\":%d}".formatted(status));
    }
  }

  KubernetesClient client() {
    return ApiServer.clientOf(server);
  }

  private synchronized Answer answer(String method, String path, String body) {
    return switch (method) {
      case "GET" -> {
        var found = stored.get(path);
        yield found == null ? Answer.refusal(404) : new Answer(200, Serialization.asJson(found));
      }
      case "POST" -> {
        var made = Serialization.unmarshal(body, GenericKubernetesResource.class);
        var own = path + "/" + made.getMetadata().getName();
        yield stored.containsKey(own) ? Answer.refusal(409) : written(own, made);
      }
      case "PUT" -> {
        var sent = Serialization.unmarshal(body, GenericKubernetesResource.class);
        var before = stored.get(path);
        yield before == null
            ? Answer.refusal(404)
            : before
                    .getMetadata()
                    .getResourceVersion()
                    .equals(sent.getMetadata().getResourceVersion())
                ? written(path, sent)
                : Answer.refusal(409);
      }
      default -> Answer.refusal(405);
    };
  }

  private Answer written(String path, GenericKubernetesResource object) {
    object.getMetadata().setResourceVersion(Integer.toString(writes.incrementAndGet()));
    stored.put(path, object);
    return new Answer(200, Serialization.asJson(object));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
