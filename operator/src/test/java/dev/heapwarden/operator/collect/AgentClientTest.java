package dev.heapwarden.operator.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class AgentClientTest {
  private static final String EMPTY =
      "{\"epoch\":\"e\",\"last\":5,\"dropped\":0,\"reset\":false,\"more\":false,\"containers\":[],\"samples\":[]}";

  private final AgentClient client = new AgentClient(Duration.ofMillis(500), 1_000);
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicReference<HttpHandler> handler = new AtomicReference<>();
  private final AtomicReference<String> asked = new AtomicReference<>();
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          asked.set(exchange.getRequestURI().toString());
          handler.get().handle(exchange);
        });
    server.start();
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
    client.close();
  }

  @Test
  void asksForWhatCameAfterTheLastAnswer() throws Exception {
    handler.set(exchange -> answer(exchange, 200, EMPTY));

    var batch = client.samples(agent(), new Cursor("3f-2a", 17));

    assertThat(asked).hasValue("/v1/samples?since=3f-2a:17");
    assertThat(Cursor.after(batch)).isEqualTo(new Cursor("e", 5));
  }

  @Test
  void isNotSentElsewhere() {
    handler.set(
        exchange -> {
          exchange.getResponseHeaders().set("Location", "/elsewhere");
          answer(exchange, 302, "");
        });

    assertThatThrownBy(() -> client.samples(agent(), Cursor.START))
        .isInstanceOf(IOException.class)
        .hasMessage("expected HTTP 200, found 302");
    assertThat(asked.get()).startsWith("/v1/samples");
  }

  @Test
  void doesNotSwallowAnEndlessAnswer() {
    handler.set(exchange -> answer(exchange, 200, " ".repeat(1_001) + EMPTY));

    assertThatThrownBy(() -> client.samples(agent(), Cursor.START)).isInstanceOf(IOException.class);
  }

  @Test
  @Timeout(10)
  void doesNotWaitForAnAnswerThatStopsHalfWay() {
    handler.set(
        exchange -> {
          exchange.sendResponseHeaders(200, EMPTY.length());
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          await();
        });

    assertThatThrownBy(() -> client.samples(agent(), Cursor.START))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("no full answer within");
  }

  private Agent agent() {
    return new Agent(
        "agent", "uid", "node", URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
  }

  private void await() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    try (exchange) {
      var bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
