package dev.heapwarden.e2e.respond;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A proxy before the real API server on its worst day. Each write, told apart by method and
 * address, meets every fault in turn before it is let through; reads and watches meet theirs again
 * and again. The kinds of faults do not depend on chance, so a run that fails fails again.
 */
final class FaultyApiServer implements AutoCloseable {
  /** User-Agent of who comes this way. */
  static final String CLIENT = "heapwarden-in-trouble";

  private static final List<Fault> OF_WRITES =
      List.of(
          Fault.CONFLICT,
          Fault.INTERNAL,
          Fault.ANSWER_LOST,
          Fault.TOO_MANY,
          Fault.CONNECTION_LOST,
          Fault.UNAVAILABLE,
          Fault.SLOW);
  private static final List<Fault> OF_READS =
      List.of(Fault.INTERNAL, Fault.GONE, Fault.TOO_MANY, Fault.UNAVAILABLE, Fault.SLOW);
  private static final List<Fault> OF_WATCHES =
      List.of(Fault.WATCH_DROPPED, Fault.GONE, Fault.WATCH_STALE, Fault.UNAVAILABLE);

  /** Reads between two faulty ones. */
  private static final int GOOD_READS = 5;

  /** Writes of one address after which it meets every fault once more. */
  private static final int GOOD_WRITES = 8;

  private static final Duration WATCH = Duration.ofSeconds(2);
  private static final Duration STALE_WATCH = Duration.ofSeconds(10);
  private static final Duration STALENESS = Duration.ofSeconds(3);
  private static final Duration SLOWNESS = Duration.ofSeconds(3);

  private final Config config;
  private final Gate gate;
  private final HttpClient upstream;
  private final HttpServer server;
  private final KubernetesClient client;
  private final Map<String, AtomicInteger> writes = new ConcurrentHashMap<>();
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger watches = new AtomicInteger();
  private final Map<Fault, AtomicInteger> met = new ConcurrentHashMap<>();

  FaultyApiServer(Config config) throws IOException, GeneralSecurityException {
    this(config, Gate.OPEN);
  }

  FaultyApiServer(Config config, Gate gate) throws IOException, GeneralSecurityException {
    this.config = config;
    this.gate = gate;
    this.upstream = HttpClient.newBuilder().sslContext(SSLUtils.sslContext(config)).build();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    client = client(address());
  }

  /** Where it answers. */
  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Which knows this way to the API server only. */
  static KubernetesClient client(String address) {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder(Config.empty())
                .withMasterUrl(address)
                .withUserAgent(CLIENT)
                // No WebSocket comes through: each watch is one request, and meets one fault.
                .withOnlyHttpWatches(true)
                .build())
        .build();
  }

  /** Which knows this way to the API server only. */
  KubernetesClient client() {
    return client;
  }

  /** How often each fault was met. */
  Map<Fault, AtomicInteger> met() {
    return met;
  }

  /** How many were met. */
  int faults() {
    return met.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var fault = fault(exchange);
      if (fault != null) {
        met.computeIfAbsent(fault, _ -> new AtomicInteger()).incrementAndGet();
      }
      switch (fault) {
        case null -> relay(exchange, forward(exchange));
        case CONFLICT, GONE, TOO_MANY, INTERNAL, UNAVAILABLE -> refuse(exchange, fault);
        case ANSWER_LOST -> {
          forward(exchange).body().close();
          refuse(exchange, fault);
        }
        case CONNECTION_LOST -> forward(exchange).body().close();
        case SLOW -> {
          Thread.sleep(SLOWNESS);
          relay(exchange, forward(exchange));
        }
        case WATCH_DROPPED -> {
          var answer = forward(exchange);
          Thread.ofVirtual().start(() -> closeLater(answer.body(), WATCH));
          relay(exchange, answer);
        }
        case WATCH_STALE -> {
          var answer = forward(exchange);
          Thread.ofVirtual().start(() -> closeLater(answer.body(), STALE_WATCH));
          relay(exchange, answer, new LateCopy(STALENESS));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable Fault fault(HttpExchange exchange) {
    var uri = exchange.getRequestURI();
    if (!exchange.getRequestMethod().equals("GET")) {
      var write = exchange.getRequestMethod() + " " + uri;
      int earlier = writes.computeIfAbsent(write, _ -> new AtomicInteger()).getAndIncrement();
      int turn = earlier % (OF_WRITES.size() + GOOD_WRITES);
      return turn < OF_WRITES.size() ? OF_WRITES.get(turn) : null;
    }
    if (String.valueOf(uri.getQuery()).contains("watch=true")) {
      return OF_WATCHES.get(watches.getAndIncrement() % OF_WATCHES.size());
    }
    int earlier = reads.getAndIncrement();
    return earlier % (GOOD_READS + 1) == GOOD_READS
        ? OF_READS.get(earlier / (GOOD_READS + 1) % OF_READS.size())
        : null;
  }

  private HttpResponse<InputStream> forward(HttpExchange exchange)
      throws IOException, InterruptedException {
    var body = exchange.getRequestBody().readAllBytes();
    var request =
        HttpRequest.newBuilder(URI.create(config.getMasterUrl()).resolve(exchange.getRequestURI()))
            .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
    for (var header : List.of("Accept", "Content-Type", "User-Agent")) {
      var value = exchange.getRequestHeaders().getFirst(header);
      if (value != null) {
        request.setHeader(header, value);
      }
    }
    if (exchange.getRequestMethod().equals("GET")) {
      return upstream.send(request.build(), BodyHandlers.ofInputStream());
    }
    var write =
        new Write(
            exchange.getRequestMethod(),
            exchange.getRequestURI(),
            new String(body, StandardCharsets.UTF_8));
    if (!gate.before(write)) {
      throw new IOException("who asked for it is dead");
    }
    var answer = upstream.send(request.build(), BodyHandlers.ofInputStream());
    if (answer.statusCode() / 100 == 2) {
      gate.after(write);
    }
    return answer;
  }

  private static void relay(HttpExchange exchange, HttpResponse<InputStream> answer)
      throws IOException {
    relay(exchange, answer, FaultyApiServer::copy);
  }

  /** How an answer's body reaches who asked. */
  interface Copy {
    void from(InputStream answer, OutputStream asker) throws IOException;
  }

  private static void relay(HttpExchange exchange, HttpResponse<InputStream> answer, Copy copy)
      throws IOException {
    answer
        .headers()
        .firstValue("Content-Type")
        .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
    exchange.sendResponseHeaders(answer.statusCode(), 0);
    try (var body = answer.body()) {
      copy.from(body, exchange.getResponseBody());
    }
  }

  private static void copy(InputStream answer, OutputStream asker) throws IOException {
    var buffer = new byte[8192];
    for (int read = answer.read(buffer); read >= 0; read = answer.read(buffer)) {
      asker.write(buffer, 0, read);
      asker.flush();
    }
  }

  private static void refuse(HttpExchange exchange, Fault fault) throws IOException {
    var status =
        Map.of(
            "kind",
            "Status",
            "apiVersion",
            "v1",
            "status",
            "Failure",
            "reason",
            fault.reason,
            "message",
            "injected: " + fault,
            "code",
            fault.code);
    var body = Serialization.asJson(status).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(fault.code, body.length);
    exchange.getResponseBody().write(body);
  }

  private static void closeLater(InputStream watch, Duration later) {
    try {
      Thread.sleep(later);
      watch.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    client.close();
    server.stop(0);
    upstream.shutdownNow();
  }
}
