package dev.heapwarden.probes.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.heapwarden.probes.endpoint.EndpointClient.Bounds;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against sockets that answer whatever they like. */
@Timeout(60)
class EndpointClientTest {
  private static final Bounds BOUNDS = new Bounds(Duration.ofSeconds(2), 1_000);

  private final EndpointClient client = new EndpointClient();
  private final List<String> asked = new ArrayList<>();
  private ServerSocket server;

  private interface Behaviour {
    void answer(Socket socket) throws Exception;
  }

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void end() throws IOException {
    client.close();
    server.close();
  }

  @Test
  void anAnswerIsReadWithoutCredentials() throws Exception {
    answering(socket -> write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));

    var told = client.get(uri(), "text/plain", BOUNDS, InputStream::readAllBytes);

    assertThat(new String(told, StandardCharsets.UTF_8)).isEqualTo("ok");
    assertThat(asked.getFirst())
        .contains("GET /metrics HTTP/1.1", "Accept: text/plain", "User-Agent: heapwarden")
        .doesNotContainIgnoringCase("authorization")
        .doesNotContainIgnoringCase("cookie");
  }

  @Test
  void aRedirectIsNotFollowed() throws Exception {
    try (var other = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      answering(
          socket ->
              write(
                  socket,
                  "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n"
                      .formatted(other.getLocalPort())));

      assertThat(refusal()).hasMessage("it answered 302, and no redirect is followed");
      other.setSoTimeout(500);
      assertThat(catchThrowableOfType(IOException.class, other::accept)).isNotNull();
    }
  }

  @Test
  void whatIsNotThereIsSaidToBe() {
    answering(socket -> write(socket, "HTTP/1.1 404 No secret\r\nContent-Length: 6\r\n\r\nsecret"));

    assertThat(refusal()).hasMessage("it answered 404");
  }

  @Test
  void nobodyAtThePortIsSaidToBeSo() throws IOException {
    server.close();

    assertThat(refusal()).hasMessage("nobody answers at its port");
  }

  @Test
  void whatIsNoHttpIsNotQuoted() {
    answering(socket -> write(socket, "SSH-2.0-secret\r\nsecret\r\n\r\n"));

    assertThat(refusal()).hasMessage("its answer is no HTTP, or broke off");
  }

  @Test
  void anAnswerThatIsTooLongEnds() {
    answering(
        socket -> {
          write(socket, "HTTP/1.1 200 OK\r\n\r\n");
          for (int i = 0; i < 1_000_000; i++) {
            write(socket, "0123456789");
          }
        });

    assertThat(refusal()).hasMessage("its answer is longer than 1000 bytes");
  }

  @Test
  void oneThatAnswersNothingIsWaitedForUntilTheTimeIsUp() {
    answering(_ -> Thread.sleep(30_000));

    assertTakesAllOfItsTime("no answer within 2 s");
  }

  @Test
  void oneThatAnswersByteByByteIsWaitedForUntilTheTimeIsUp() {
    answering(
        socket -> {
          write(socket, "HTTP/1.1 200 OK\r\n\r\n");
          for (int i = 0; i < 300; i++) {
            write(socket, "a");
            Thread.sleep(100);
          }
        });

    assertTakesAllOfItsTime("no whole answer within 2 s");
  }

  private void assertTakesAllOfItsTime(String reason) {
    long from = System.nanoTime();
    var refusal = refusal();
    var took = Duration.ofNanos(System.nanoTime() - from);

    assertThat(refusal).hasMessage(reason);
    assertThat(refusal.isSilent()).isTrue();
    assertThat(took).isBetween(Duration.ofMillis(1_900), Duration.ofSeconds(10));
  }

  private EndpointException refusal() {
    return catchThrowableOfType(
        EndpointException.class,
        () -> client.get(uri(), "text/plain", BOUNDS, InputStream::readAllBytes));
  }

  private URI uri() {
    return URI.create("http://127.0.0.1:%d/metrics".formatted(server.getLocalPort()));
  }

  private void answering(Behaviour behaviour) {
    Thread.ofVirtual()
        .start(
            () -> {
              try (var socket = server.accept()) {
                asked.add(question(socket));
                behaviour.answer(socket);
              } catch (Exception _) {
                // The client went away, as it may.
              }
            });
  }

  private static String question(Socket socket) throws IOException {
    var text = new StringBuilder();
    while (!text.toString().endsWith("\r\n\r\n")) {
      text.append((char) socket.getInputStream().read());
    }
    return text.toString();
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }
}
