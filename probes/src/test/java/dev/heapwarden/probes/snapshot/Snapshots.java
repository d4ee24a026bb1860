package dev.heapwarden.probes.snapshot;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.probes.access.ApiClient;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * One snapshot behind the HTTP that an API server speaks: it is read, and its status is written
 * with the resourceVersion it has, or not at all.
 */
final class Snapshots implements AutoCloseable {
  private static final String ALL = "/memorysnapshots";
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final AtomicReference<Optional<MemorySnapshot>> stored =
      new AtomicReference<>(Optional.empty());

  /** Answered to the next write instead of taking it; 0 for none. */
  final AtomicInteger nextWriteFailsWith = new AtomicInteger();

  /** Stands on the way of each write. */
  interface Gate {
    /**
     * Lets it pass.
     *
     * @param nth from 1
     * @param written whether it was carried out, and nobody has been told yet
     * @throws IOException when it does not
     */
    void pass(int nth, boolean written) throws IOException;
  }

  volatile Gate gate = (_, _) -> {};
  private int writes;

  private final HttpServer server;

  Snapshots() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            var path = exchange.getRequestURI().getPath();
            if (String.valueOf(exchange.getRequestURI().getQuery()).contains("watch=true")) {
              watch(exchange);
              return;
            }
            var sent =
                exchange.getRequestMethod().equals("PUT")
                    ? write(exchange.getRequestBody().readAllBytes())
                    : stored.get().isEmpty() ? 404 : 200;
            var body =
                sent == 200
                    ? path.endsWith(ALL) ? list() : Serialization.asJson(stored())
                    : "{\"kind\":\"Status\",\"code\":%d}".formatted(sent);
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(sent, bytes.length);
            exchange.getResponseBody().write(bytes);
          }
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  /** Where it answers. */
  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private String list() {
    return """
        {"apiVersion": "heapwarden.dev/v1alpha1", "kind": "MemorySnapshotList",
         "metadata": {"resourceVersion": "1"}, "items": [%s]}
        """
        .formatted(stored.get().map(Serialization::asJson).orElse(""));
  }

  /** Tells of each change until nobody listens. */
  private void watch(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    for (var told = ""; ; ) {
      var now = Serialization.asJson(stored());
      if (!now.equals(told)) {
        var event = "{\"type\": \"MODIFIED\", \"object\": %s}\n".formatted(now);
        exchange.getResponseBody().write(event.getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
        told = now;
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
  }

  KubernetesClient client() {
    return ApiClient.of(server);
  }

  void store(MemorySnapshot snapshot) {
    stored.set(Optional.of(snapshot));
  }

  void delete() {
    stored.set(Optional.empty());
  }

  MemorySnapshot stored() {
    return stored.get().orElseThrow();
  }

  /** What somebody else does to the snapshot meanwhile. */
  void touch() {
    var metadata = stored().getMetadata();
    metadata.setResourceVersion(
        Integer.toString(Integer.parseInt(metadata.getResourceVersion()) + 1));
  }

  static MemorySnapshot snapshot(String namespace, String name, String created) {
    return Serialization.unmarshal(
        """
        apiVersion: heapwarden.dev/v1alpha1
        kind: MemorySnapshot
        metadata: {namespace: %s, name: %s, uid: uid, resourceVersion: "1", creationTimestamp: "%s"}
        spec: {pod: web-1, container: web}
        """
            .formatted(namespace, name, created),
        MemorySnapshot.class);
  }

  private synchronized int write(byte[] body) throws IOException {
    int nth = ++writes;
    gate.pass(nth, false);
    int code = take(body);
    gate.pass(nth, true);
    return code;
  }

  private int take(byte[] body) {
    int failure = nextWriteFailsWith.getAndSet(0);
    if (failure != 0) {
      return failure;
    }
    var sent =
        Serialization.unmarshal(new String(body, StandardCharsets.UTF_8), MemorySnapshot.class);
    var before = stored().getMetadata().getResourceVersion();
    if (!before.equals(sent.getMetadata().getResourceVersion())) {
      return 409;
    }
    store(sent);
    touch();
    return 200;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
