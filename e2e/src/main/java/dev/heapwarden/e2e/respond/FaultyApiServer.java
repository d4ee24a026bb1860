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

  enum Fault {
    CONFLICT(409, "Conflict"),
    GONE(410, "Expired"),
    TOO_MANY(429, "TooManyRequests"),
    INTERNAL(500, "InternalError"),
    UNAVAILABLE(503, "ServiceUnavailable"),
    /** Carried out, and answered with an error. */
    ANSWER_LOST(500, "InternalError"),
    /** Carried out, and the connection is closed without an answer. */
    CONNECTION_LOST(0, ""),
    SLOW(0, ""),
    /** The watch ends in the middle. */
    WATCH_DROPPED(0, "");

    private final int code;
    private final String reason;

    Fault(int code, String reason) {
      this.code = code;
      this.reason = reason;
    }
  }

  /** Stands on the way of each write that reaches the API server. */
  interface Gate {
    /** Whether it goes on to the API server. */
    boolean before() throws InterruptedException;

    /** It was carried out, and nobody has been told yet. */
    void after();
  }

  private static final Gate OPEN =
      new Gate() {
        @Override
        public boolean before() {
          return true;
        }

        @Override
        public void after() {}
      };

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
      List.of(Fault.WATCH_DROPPED, Fault.GONE, Fault.WATCH_DROPPED, Fault.UNAVAILABLE);

  /** Reads between two faulty ones. */
  private static final int GOOD_READS = 5;

  /** Writes of one address after which it meets every fault once more. */
  private static final int GOOD_WRITES = 8;

  private static final Duration WATCH = Duration.ofSeconds(2);
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
    this(config, OPEN);
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
            new ConfigBuilder(Config.empty()).withMasterUrl(address).withUserAgent(CLIENT).build())
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
          Thread.ofVirtual().start(() -> closeLater(answer.body()));
          relay(exchange, answer);
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
    var request =
        HttpRequest.newBuilder(URI.create(config.getMasterUrl()).resolve(exchange.getRequestURI()))
            .method(
                exchange.getRequestMethod(),
                BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
    for (var header : List.of("Accept", "Content-Type", "User-Agent")) {
      var value = exchange.getRequestHeaders().getFirst(header);
      if (value != null) {
        request.setHeader(header, value);
      }
    }
    if (exchange.getRequestMethod().equals("GET")) {
      return upstream.send(request.build(), BodyHandlers.ofInputStream());
    }
    if (!gate.before()) {
      throw new IOException("who asked for it is dead");
    }
    var answer = upstream.send(request.build(), BodyHandlers.ofInputStream());
    gate.after();
    return answer;
  }

  private static void relay(HttpExchange exchange, HttpResponse<InputStream> answer)
      throws IOException {
    answer
        .headers()
        .firstValue("Content-Type")
        .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
    exchange.sendResponseHeaders(answer.statusCode(), 0);
    try (var body = answer.body()) {
      var buffer = new byte[8192];
      for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
        exchange.getResponseBody().write(buffer, 0, read);
        exchange.getResponseBody().flush();
      }
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

  private static void closeLater(InputStream watch) {
    try {
      Thread.sleep(WATCH);
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
