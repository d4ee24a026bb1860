package dev.heapwarden.probes.snapshot;

import com.sun.net.httpserver.HttpServer;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.probes.access.ApiClient;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One snapshot behind the HTTP that an API server speaks: it is read, and its status is written
 * with the resourceVersion it has, or not at all.
 */
final class Snapshots implements AutoCloseable {
  private final AtomicReference<Optional<MemorySnapshot>> stored =
      new AtomicReference<>(Optional.empty());

  /** Answered to the next write instead of taking it; 0 for none. */
  final AtomicInteger nextWriteFailsWith = new AtomicInteger();

  private final HttpServer server;

  Snapshots() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            var sent =
                exchange.getRequestMethod().equals("PUT")
                    ? write(exchange.getRequestBody().readAllBytes())
                    : stored.get().isEmpty() ? 404 : 200;
            var body =
                sent == 200
                    ? Serialization.asJson(stored())
                    : "{\"kind\":\"Status\",\"code\":%d}".formatted(sent);
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(sent, bytes.length);
            exchange.getResponseBody().write(bytes);
          }
        });
    server.start();
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

  private int write(byte[] body) {
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
