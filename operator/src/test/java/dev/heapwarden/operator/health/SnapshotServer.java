package dev.heapwarden.operator.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** An API server that knows MemorySnapshots, and pods that are ready or not. */
final class SnapshotServer implements AutoCloseable {
  final NavigableMap<String, MemorySnapshot> snapshots = new TreeMap<>();
  final Set<String> notReady = new HashSet<>();
  boolean quotaIsSpent;

  private final HttpServer server;
  private final KubernetesClient client;

  SnapshotServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder()
                    .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .build();
  }

  KubernetesClient client() {
    return client;
  }

  List<String> pods() {
    return snapshots.values().stream().map(snapshot -> snapshot.getSpec().pod()).toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    var name = path.substring(path.lastIndexOf('/') + 1);
    switch (exchange.getRequestMethod()) {
      case "POST" -> create(exchange);
      case "DELETE" -> {
        snapshots.remove(name);
        send(exchange, 200, new StatusBuilder().withStatus("Success").build());
      }
      default -> send(exchange, 200, path.contains("/pods/") ? pod(name) : list());
    }
  }

  private void create(HttpExchange exchange) throws IOException {
    var snapshot = Serialization.unmarshal(exchange.getRequestBody(), MemorySnapshot.class);
    if (quotaIsSpent) {
      send(exchange, 403, new StatusBuilder().withCode(403).withMessage("quota exceeded").build());
    } else if (snapshots.putIfAbsent(snapshot.getMetadata().getName(), snapshot) != null) {
      send(exchange, 409, new StatusBuilder().withCode(409).withMessage("exists").build());
    } else {
      send(exchange, 201, snapshot);
    }
  }

  private Object list() {
    return Map.of(
        "apiVersion",
        "heapwarden.dev/v1alpha1",
        "kind",
        "MemorySnapshotList",
        "metadata",
        Map.of(),
        "items",
        List.copyOf(snapshots.values()));
  }

  private Object pod(String name) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("shop")
        .endMetadata()
        .withNewStatus()
        .addNewCondition()
        .withType("Ready")
        .withStatus(notReady.contains(name) ? "False" : "True")
        .endCondition()
        .endStatus()
        .build();
  }

  private static void send(HttpExchange exchange, int code, Object body) throws IOException {
    var bytes = Serialization.asJson(body).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  @Override
  public void close() {
    client.close();
    server.stop(0);
  }
}
