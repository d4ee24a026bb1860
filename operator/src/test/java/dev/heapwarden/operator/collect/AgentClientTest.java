package dev.heapwarden.operator.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.heapwarden.operator.tls.Credential;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class AgentClientTest {
  private static final String EMPTY =
      "{\"epoch\":\"e\",\"last\":5,\"dropped\":0,\"reset\":false,\"more\":false,\"containers\":[],\"samples\":[]}";

  private final Credential authority = Credential.authority(Instant.now());
  @TempDir private Path directory;
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicReference<HttpHandler> handler = new AtomicReference<>();
  private final AtomicReference<String> asked = new AtomicReference<>();
  private AgentClient client;
  private TlsAgent server;

  @BeforeEach
  void serve() throws Exception {
    client = new AgentClient(TlsAgent.token(directory), Duration.ofSeconds(3), 1_000);
    client.trust(List.of(authority.certificate()));
    server =
        TlsAgent.certifiedBy(
            authority,
            exchange -> {
              asked.set(exchange.getRequestURI().toString());
              handler.get().handle(exchange);
            });
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.close();
    client.close();
  }

  @Test
  void asksForWhatCameAfterTheLastAnswer() throws Exception {
    handler.set(exchange -> answer(exchange, 200, EMPTY));

    var batch = client.samples(server.agent(), new Cursor("3f-2a", 17));

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

    assertThatThrownBy(() -> client.samples(server.agent(), Cursor.START))
        .isInstanceOf(IOException.class)
        .hasMessage("expected HTTP 200, found 302");
    assertThat(asked.get()).startsWith("/v1/samples");
  }

  @Test
  void doesNotSwallowAnEndlessAnswer() {
    handler.set(exchange -> answer(exchange, 200, " ".repeat(1_001) + EMPTY));

    assertThatThrownBy(() -> client.samples(server.agent(), Cursor.START))
        .isInstanceOf(IOException.class);
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

    assertThatThrownBy(() -> client.samples(server.agent(), Cursor.START))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("no full answer within");
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
