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
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An API server that knows MemorySnapshots, and pods that are ready or not. */
public final class SnapshotServer implements AutoCloseable {
  public final NavigableMap<String, MemorySnapshot> snapshots = new TreeMap<>();
  final Set<String> notReady = new HashSet<>();

  /** By pod: answered to the order of a snapshot instead of taking it. */
  final Map<String, Integer> refusals = new HashMap<>();

  /** Snapshots that there may be. */
  int quota = Integer.MAX_VALUE;

  /** Answered to every question for snapshots; 0 for none. */
  int listFailsWith;

  private final HttpServer server;
  private final KubernetesClient client;

  public SnapshotServer() throws IOException {
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

  public KubernetesClient client() {
    return client;
  }

  public List<String> pods() {
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
      default -> {
        if (path.contains("/pods/")) {
          send(exchange, 200, pod(name));
        } else if (snapshots.containsKey(name)) {
          send(exchange, 200, snapshots.get(name));
        } else if (listFailsWith != 0) {
          send(exchange, listFailsWith, refusal(listFailsWith, "etcd is away"));
        } else {
          send(exchange, 200, list(exchange.getRequestURI().getQuery()));
        }
      }
    }
  }

  private void create(HttpExchange exchange) throws IOException {
    var snapshot = Serialization.unmarshal(exchange.getRequestBody(), MemorySnapshot.class);
    snapshot.getMetadata().setCreationTimestamp(Instant.now().toString());
    var refused =
        snapshots.size() >= quota
            ? Integer.valueOf(HttpURLConnection.HTTP_FORBIDDEN)
            : refusals.get(snapshot.getSpec().pod());
    if (refused != null) {
      send(exchange, refused, refusal(refused, "quota exceeded"));
    } else if (snapshots.putIfAbsent(snapshot.getMetadata().getName(), snapshot) != null) {
      send(exchange, 409, refusal(409, "exists"));
    } else {
      send(exchange, 201, snapshot);
    }
  }

  private static Object refusal(int code, String message) {
    return new StatusBuilder().withCode(code).withMessage(message).build();
  }

  /** Of a selector by label KEY or KEY=VALUE. */
  private Object list(@Nullable String query) {
    var selector =
        Arrays.stream(Optional.ofNullable(query).orElse("").split("&"))
            .filter(part -> part.startsWith("labelSelector="))
            .map(part -> part.substring("labelSelector=".length()).split("=", 2))
            .findFirst();
    return Map.of(
        "apiVersion",
        "heapwarden.dev/v1alpha1",
        "kind",
        "MemorySnapshotList",
        "metadata",
        Map.of(),
        "items",
        snapshots.values().stream()
            .filter(
                snapshot ->
                    selector.isEmpty()
                        || matches(snapshot.getMetadata().getLabels(), selector.get()))
            .toList());
  }

  private static boolean matches(Map<String, String> labels, String... selector) {
    var value = labels.get(selector[0]);
    return value != null && (selector.length == 1 || value.equals(selector[1]));
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
